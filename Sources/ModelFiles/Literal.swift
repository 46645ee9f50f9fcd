import Diagnostics

/// A value written in JSON or as Python writes it.
package indirect enum Literal: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case list([Literal])
  /// In the order of the text; of a key that is repeated, the last counts.
  case dictionary([Member])

  package struct Member: Sendable, Hashable {
    package var key: Literal
    package var value: Literal
  }

  /// The value of a key that is a string.
  package subscript(_ key: String) -> Literal? {
    guard case .dictionary(let members) = self else { return nil }
    return members.last { $0.key == .string(key) }?.value
  }

  /// A number, also one written as a string.
  package var number: Double? {
    switch self {
    case .number(let value): value
    case .string(let text):
      if case .number(let value)? = try? Literal(text) { value } else { nil }
    default: nil
    }
  }

  /// A finite number as a float.
  package var float: Float? {
    guard let number, number.isFinite, abs(number) <= Double(Float.greatestFiniteMagnitude) else { return nil }
    return Float(number)
  }

  /// A number without a fraction.
  package var whole: Int? { number.flatMap { Int(exactly: $0) } }

  package var string: String? { if case .string(let text) = self { text } else { nil } }

  package var elements: [Literal]? { if case .list(let elements) = self { elements } else { nil } }

  package var members: [Member]? { if case .dictionary(let members) = self { members } else { nil } }

  /// The value as JSON, as errors and ONNX files show it. Keys become strings.
  package var json: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): value.isFinite ? Literal.text(value) : "null"
    case .string(let text): jsonQuoted(text)
    case .list(let elements): jsonList(elements, \.json)
    case .dictionary(let members): jsonObject(members.map { ($0.key.string ?? $0.key.json, $0.value.json) })
    }
  }

  private static func text(_ value: Double) -> String {
    Int(exactly: value).flatMap { abs($0) < 1 << 53 ? String($0) : nil } ?? "\(value)"
  }
}
