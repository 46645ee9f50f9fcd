/// A JSON object (RFC 8259) of keys and values that are JSON already, in this order.
package func jsonObject(_ members: [(key: String, value: String)]) -> String {
  "{" + members.map { "\(jsonQuoted($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
}

/// A JSON list.
package func jsonList<T>(_ elements: some Sequence<T>, _ json: (T) -> String) -> String {
  "[" + elements.map(json).joined(separator: ", ") + "]"
}

/// A JSON string: quotes, backslashes and control characters are escaped.
package func jsonQuoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\" + String(scalar)
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

/// A JSON string, or null.
package func jsonOptional(_ text: String?) -> String { text.map(jsonQuoted) ?? "null" }

/// A JSON number, or null for what JSON cannot say.
package func jsonNumber(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }
