import ModelFiles

/// A JSON value as Python's `json` writes it: bare `NaN` and `Infinity` are numbers.
indirect enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// Reads and parses a document of at most 64 MiB and 128 levels.
  init(parsing source: any ByteSource, site: String) throws(ImportError) {
    try JSON.checkSize(source.count, site)
    guard let bytes = source.prefix(source.count) else {
      throw ImportError(.unreadable, site, "ended early or could not be read")
    }
    try self.init(parsing: bytes, site: site)
  }

  /// Parses a document of at most 64 MiB and 128 levels.
  init(parsing bytes: [UInt8], site: String) throws(ImportError) {
    try JSON.checkSize(bytes.count, site)
    self = try JSONParser.parse(bytes, site: site)
  }

  private static func checkSize(_ count: Int, _ site: String) throws(ImportError) {
    guard count <= Limits.configBytes else {
      throw ImportError(.limit, site, "is \(count) bytes of JSON, at most \(Limits.configBytes) are accepted")
    }
  }
}

extension JSON {
  /// A member of an object; nil for other values and absent keys.
  subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  var array: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
  var object: [String: JSON]? { if case .object(let members) = self { members } else { nil } }
  var string: String? { if case .string(let text) = self { text } else { nil } }
  var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  var isNull: Bool { self == .null }

  /// A number in any form that Keras' writers used: plain, a one-element list, or an object that wraps a NumPy scalar.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .array(let elements) where elements.count == 1: elements[0].double
    case .object(let members): (members["config"]?["value"] ?? members["value"])?.double
    default: nil
    }
  }

  /// A whole number in any of those forms.
  var int: Int? {
    if case .integer(let value) = self { return value }
    return double.flatMap { Int(exactly: $0) }
  }

  /// The same value without the identities that Python objects had when it was written.
  var withoutObjectIDs: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.withoutObjectIDs))
    case .object(let members):
      .object(members.filter { $0.key != "shared_object_id" }.mapValues(\.withoutObjectIDs))
    default: self
    }
  }
}
