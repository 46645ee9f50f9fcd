import Diagnostics
import ModelFiles

extension Substitute {
  /// An operator as text: a name, or a name with parameters, such as `resizing(height=64, width=64)`.
  ///
  /// Values are numbers, quotients of numbers, `true`, `false`, `null`, quoted text, and lists of values in brackets.
  init(_ text: Substring, site: String) throws(ImportError) {
    var scanner = SubstituteScanner(rest: text, site: site)
    let name = scanner.word()
    guard !name.isEmpty else { throw scanner.error("an operator's name") }
    var values: [String: JSON] = [:]
    if scanner.skip("(") {
      while !scanner.skip(")") {
        let key = scanner.word()
        guard !key.isEmpty, scanner.skip("=") else { throw scanner.error("a parameter of the form key=value") }
        guard values.updateValue(try scanner.value(), forKey: key) == nil else {
          throw ImportError(.usage, site, "the parameter \(printable(key)) is given twice")
        }
        guard scanner.skip(",") || scanner.rest.first == ")" else { throw scanner.error("a comma or a parenthesis") }
      }
    }
    guard scanner.isAtEnd else { throw scanner.error("nothing more") }
    try self.init(name: name, values: values, site: site)
  }
}

/// Reads the text of one substitute from its beginning.
private struct SubstituteScanner {
  var rest: Substring
  let site: String
  private var depth = 0

  init(rest: Substring, site: String) { (self.rest, self.site) = (rest, site) }

  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return rest.isEmpty
    }
  }

  func error(_ expected: String) -> ImportError {
    let found = rest.isEmpty ? "its end" : "'\(printable(String(rest.prefix(20))))'"
    return ImportError(.usage, site, "\(expected) was expected before \(found)")
  }

  private mutating func skipBlanks() { rest = rest.drop { $0 == " " } }

  /// Passes over a character if it comes next.
  mutating func skip(_ character: Character) -> Bool {
    skipBlanks()
    guard rest.first == character else { return false }
    rest.removeFirst()
    skipBlanks()
    return true
  }

  /// Letters, digits and underscores; empty when none come next.
  mutating func word() -> String {
    skipBlanks()
    let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    rest = rest.dropFirst(word.count)
    skipBlanks()
    return String(word)
  }

  mutating func value() throws(ImportError) -> JSON {
    skipBlanks()
    for (open, close) in [("[", "]"), ("(", ")")] as [(Character, Character)] where skip(open) {
      depth += 1
      guard depth < 16 else { throw error("a list that is not so deep") }
      var elements: [JSON] = []
      while !skip(close) {
        elements.append(try value())
        guard skip(",") || rest.first == close else { throw error("a comma or the end of the list") }
      }
      depth -= 1
      return .array(elements)
    }
    for quote in ["\"", "'"] as [Character] where rest.first == quote {
      rest.removeFirst()
      let text = rest.prefix { $0 != quote }
      rest = rest.dropFirst(text.count)
      guard skip(quote) else { throw error("a closing quote") }
      return .string(String(text))
    }
    if let number = try quotient() { return number }
    switch word().lowercased() {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null", "none": return .null
    default: throw error("a number, a list, quoted text, true, false or null")
    }
  }

  /// A number, or one divided by another; nil when no number comes next.
  private mutating func quotient() throws(ImportError) -> JSON? {
    guard let first = number() else { return nil }
    guard skip("/") else { return first }
    guard let divisor = number()?.double, divisor != 0, let dividend = first.double else {
      throw error("a divisor other than 0")
    }
    return .number(dividend / divisor)
  }

  private mutating func number() -> JSON? {
    skipBlanks()
    var text = rest.prefix { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
    // The e of a word is none of a number.
    guard let start = text.first, start.isNumber || "+-.".contains(start) else { return nil }
    while !text.isEmpty, Double(text) == nil { text.removeLast() }
    guard let value = Double(text), value.isFinite else { return nil }
    rest = rest.dropFirst(text.count)
    skipBlanks()
    return Int(text).map { .integer($0) } ?? .number(value)
  }
}
