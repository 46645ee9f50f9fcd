import ModelFiles

/// A node of a TensorFlow graph, as `TensorFlowOpLayer` keeps it: the `NodeDef` message of TensorFlow's
/// `node_def.proto`. The names of its inputs say nothing here.
struct NodeDefinition {
  /// The operator, such as `AddV2`.
  let operation: String
  /// Attributes that are numbers, bools, text and lists of these.
  let attributes: [String: JSON]
  /// Attributes that are data types, such as `DT_FLOAT`.
  let types: [String: String]

  private init(operation: String, attributes: [String: JSON], types: [String: String]) {
    (self.operation, self.attributes, self.types) = (operation, attributes, types)
  }

  /// Reads the object that protobuf makes of the message, its JSON as text, or the message itself as text, as TensorFlow 2.0 and
  /// 2.1 wrote it; nil for anything else.
  init?(_ value: JSON?) {
    if let text = value?.string {
      if text.first == "{" {
        guard let object = try? JSON(parsing: Array(text.utf8), site: "node_def"), object.object != nil else {
          return nil
        }
        self.init(object)
      } else {
        self.init(message: Array(text.utf8))
      }
      return
    }
    guard let value, let operation = value["op"]?.string else { return nil }
    var (attributes, types): ([String: JSON], [String: String]) = ([:], [:])
    for (name, attribute) in value["attr"]?.object ?? [:] {
      if let type = attribute["type"]?.string {
        types[name] = type
      } else {
        attributes[name] = attribute.plainAttribute
      }
    }
    self.init(operation: operation, attributes: attributes, types: types)
  }

  private init?(message: [UInt8]) {
    guard let fields = WireFields(message[...]), let operation = fields.text(2) else { return nil }
    var (attributes, types): ([String: JSON], [String: String]) = ([:], [:])
    for entry in fields.messages(5) {
      guard let entry = WireFields(entry), let name = entry.text(1), let body = entry.messages(2).last,
        let value = WireFields(body)
      else { return nil }
      if let type = value.numbers(6).last {
        types[name] = NodeDefinition.typeNames[Int(truncatingIfNeeded: type)] ?? "type \(type)"
      } else if let list = value.messages(1).last {
        guard let elements = WireFields(list) else { return nil }
        attributes[name] = .array(elements.attributeValues)
      } else {
        attributes[name] = value.attributeValues.last ?? .null
      }
    }
    self.init(operation: operation, attributes: attributes, types: types)
  }

  /// `DataType` of TensorFlow's `types.proto`.
  private static let typeNames: [Int: String] = [
    1: "DT_FLOAT", 2: "DT_DOUBLE", 3: "DT_INT32", 4: "DT_UINT8", 5: "DT_INT16", 6: "DT_INT8", 9: "DT_INT64",
    10: "DT_BOOL", 14: "DT_BFLOAT16", 17: "DT_UINT16", 19: "DT_HALF", 22: "DT_UINT32", 23: "DT_UINT64",
  ]
}

extension JSON {
  /// An `AttrValue` as protobuf writes it in JSON: whole numbers are text, bytes are base64.
  fileprivate var plainAttribute: JSON {
    if let flag = self["b"] { return flag }
    if let number = self["f"] { return number }
    if let number = self["i"] { return number.wholeAttribute }
    if let text = self["s"]?.string { return textFromBase64(text).map(JSON.string) ?? .null }
    guard let list = self["list"] else { return self }
    if let numbers = list["i"]?.array { return .array(numbers.map(\.wholeAttribute)) }
    if let texts = list["s"]?.array {
      return .array(texts.map { $0.string.flatMap(textFromBase64).map(JSON.string) ?? .null })
    }
    return .array(list["f"]?.array ?? list["b"]?.array ?? [])
  }

  private var wholeAttribute: JSON { string.flatMap { Int($0) }.map(JSON.integer) ?? self }
}

extension WireFields {
  /// The values of an `AttrValue`, or of the list in one, that are not types, shapes or tensors.
  fileprivate var attributeValues: [JSON] {
    messages(2).map { .string(String(decoding: $0, as: UTF8.self)) }
      + packed(3).map { .integer(Int(truncatingIfNeeded: $0)) } + floats(4).map { .number(Double($0)) }
      + packed(5).map { .bool($0 != 0) }
  }
}

/// The text that base64 stands for; nil for what is neither.
private func textFromBase64(_ text: String) -> String? {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var (bits, count): (UInt32, Int) = (0, 0)
  var bytes: [UInt8] = []
  for character in text.utf8 where character != UInt8(ascii: "=") {
    guard let place = alphabet.firstIndex(of: character) else { return nil }
    bits = bits << 6 | UInt32(place)
    count += 6
    if count >= 8 {
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
  }
  return String(validating: bytes, as: UTF8.self)
}
