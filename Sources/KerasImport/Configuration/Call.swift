import ModelFiles

/// A tensor as configurations name it: which result of which call of which layer.
struct Reference: Hashable {
  var layer: String
  var node: Int
  var tensor: Int
}

/// One application of a layer.
struct Call {
  enum Style { case keras2, keras3 }
  var style: Style
  var arguments = CallArguments<Reference>()
}

extension Call {
  /// The calls under `inbound_nodes`. Keras 2 lists the tensors of a layer, whereas an operation keeps the structure of
  /// its first argument.
  static func list(_ nodes: JSON, isOperation: Bool, _ site: String) throws(ImportError) -> [Call] {
    if nodes.isNull { return [] }
    guard let list = nodes.array else { throw ImportError(.malformed, site, "inbound_nodes must be a list") }
    return try list.map { (node) throws(ImportError) in
      if node["args"] != nil || node["kwargs"] != nil { return try Call(keras3: node, site) }
      return try Call(keras2: node, isOperation: isOperation, site)
    }
  }

  /// `{"args": [...], "kwargs": {...}}`.
  private init(keras3 node: JSON, _ site: String) throws(ImportError) {
    style = .keras3
    for value in node["args"]?.array ?? [] { arguments.positional.append(try Argument(keras3: value, site)) }
    for (key, value) in node["kwargs"]?.object ?? [:] {
      arguments.keywords[key] = try Argument(keras3: value, site)
    }
  }

  /// `[["source", node, tensor, {arguments by keyword}], ...]`.
  private init(keras2 node: JSON, isOperation: Bool, _ site: String) throws(ImportError) {
    style = .keras2
    guard node.array != nil || node.object != nil else {
      throw ImportError(.malformed, site, "inbound_nodes must be a list of lists")
    }
    var first = try structure(node, site)
    // The list around a single tensor is that of the call.
    if !isOperation, case .list(let elements) = first, elements.count == 1 { first = elements[0] }
    arguments.positional = [first]
  }

  private mutating func structure(_ value: JSON, _ site: String) throws(ImportError) -> Argument<Reference> {
    if let members = value.object {
      var result: [String: Argument<Reference>] = [:]
      for key in members.keys.sorted() { if let member = members[key] { result[key] = try structure(member, site) } }
      return .dictionary(result)
    }
    guard let parts = value.array else {
      throw ImportError(.malformed, site, "inbound_nodes names a tensor in an unknown way")
    }
    guard let name = parts.first?.string else {
      var result: [Argument<Reference>] = []
      for part in parts { result.append(try structure(part, site)) }
      return .list(result)
    }
    for (key, keyword) in parts.dropFirst(3).first?.object ?? [:] where arguments.keywords[key] == nil {
      arguments.keywords[key] = try Argument(keras2: keyword, site)
    }
    if name == "_CONSTANT_VALUE", parts.count >= 3 { return try Argument(plain: parts[2], site) }
    guard let reference = Reference(.array(Array(parts.prefix(3)))) else {
      throw ImportError(.malformed, site, "inbound_nodes names a tensor in an unknown way")
    }
    return .tensor(reference)
  }
}
