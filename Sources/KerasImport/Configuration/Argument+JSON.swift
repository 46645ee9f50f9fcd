import ModelFiles

extension Argument where Leaf == Reference {
  /// An argument as Keras 3 writes it: tensors are `__keras_tensor__` objects anywhere in it.
  init(keras3 value: JSON, _ site: String) throws(ImportError) {
    try self.init(value, site) { (value) throws(ImportError) -> Reference? in
      guard value["class_name"]?.string == "__keras_tensor__" else { return nil }
      guard let history = value["config"]?["keras_history"], let reference = Reference(history) else {
        throw ImportError(.malformed, site, "inbound_nodes names a tensor in an unknown way")
      }
      return reference
    }
  }

  /// An argument by keyword as Keras 2 writes it: tensors are lists of a layer name and two numbers.
  init(keras2 value: JSON, _ site: String) throws(ImportError) {
    try self.init(value, site) { (value) throws(ImportError) in Reference(value) }
  }
}

extension Argument {
  /// An argument without tensors.
  init(plain value: JSON, _ site: String) throws(ImportError) {
    try self.init(value, site) { (_) throws(ImportError) in nil }
  }

  private init(_ value: JSON, _ site: String, tensor: (JSON) throws(ImportError) -> Leaf?) throws(ImportError) {
    if let leaf = try tensor(value) {
      self = .tensor(leaf)
      return
    }
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = .integer(number)
    case .number(let number): self = .number(number)
    case .string(let text): self = .string(text)
    case .array(let elements):
      self = .list(
        try elements.map { (element) throws(ImportError) in try Argument(element, site, tensor: tensor) })
    case .object(let members):
      if let name = members["class_name"]?.string {
        self = try Argument.object(name, members["config"] ?? .null, site, tensor)
      } else if members.count == 3, let start = members["start"], let stop = members["stop"],
        let step = members["step"]
      {
        self = try .slice(
          start: Argument(start, site, tensor: tensor), stop: Argument(stop, site, tensor: tensor),
          step: Argument(step, site, tensor: tensor))
      } else {
        var result: [String: Argument] = [:]
        for (key, member) in members { result[key] = try Argument(member, site, tensor: tensor) }
        self = .dictionary(result)
      }
    }
  }

  /// A serialised Python object.
  private static func object(
    _ name: String, _ config: JSON, _ site: String, _ tensor: (JSON) throws(ImportError) -> Leaf?
  ) throws(ImportError) -> Argument {
    switch name {
    case "__ellipsis__": return .ellipsis
    case "__slice__":
      func part(_ key: String) throws(ImportError) -> Argument {
        try Argument(config[key] ?? .null, site, tensor: tensor)
      }
      return .slice(start: try part("start"), stop: try part("stop"), step: try part("step"))
    case "__tensor__", "__numpy__":
      guard let value = config["value"],
        let constant = ArrayConstant(value, dataType: config["dtype"]?.string ?? "float32")
      else { throw ImportError(.malformed, site, "inbound_nodes holds an array that is not one") }
      return .array(constant)
    default: return .object(name)
    }
  }
}

extension Reference {
  /// `[layer, node, tensor]`; nil for anything else.
  init?(_ value: JSON) {
    guard let parts = value.array, parts.count == 3, let layer = parts[0].string, case .integer(let node) = parts[1],
      case .integer(let tensor) = parts[2]
    else { return nil }
    (self.layer, self.node, self.tensor) = (layer, node, tensor)
  }
}
