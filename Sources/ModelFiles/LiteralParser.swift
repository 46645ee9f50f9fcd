import Diagnostics

/// Why a text is no value.
package struct LiteralError: Error, Sendable, Hashable {
  package var what: String
  /// The line of the fault, from 1.
  package var line: Int
  /// True where no key was read before the fault.
  package var isBeforeAnyKey: Bool
}

extension Literal {
  /// Reads JSON (RFC 8259) or a literal of Python: single quotes, any keys, `None`, `True`, tuples, commas before a closing bracket,
  /// `nan` and `inf`.
  package init(_ text: some StringProtocol) throws(LiteralError) {
    var parser = LiteralParser(Array(text.utf8))
    self = try parser.document()
  }
}

/// Reads one value. Nesting is limited; nothing is looked at twice.
struct LiteralParser {

  let bytes: [UInt8]
  var place = 0
  private var depth = 0
  private var hasKeys = false

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  mutating func document() throws(LiteralError) -> Literal {
    let result = try value()
    skipSpace()
    guard place == bytes.count else { throw error("something follows the value") }
    return result
  }

  func error(_ what: String) -> LiteralError {
    let line = bytes[..<min(place, bytes.count)].count { $0 == 0x0A } + 1
    return LiteralError(what: what, line: line, isBeforeAnyKey: !hasKeys)
  }

  var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { place += 1 }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func value() throws(LiteralError) -> Literal {
    skipSpace()
    switch next {
    case nil: throw error("it ends early")
    case UInt8(ascii: "{"): return try nested { (parser) throws(LiteralError) in try parser.dictionary() }
    case UInt8(ascii: "["):
      return try nested { (parser) throws(LiteralError) in .list(try parser.elements(until: "]").0) }
    case UInt8(ascii: "("): return try nested { (parser) throws(LiteralError) in try parser.tuple() }
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string())
    default: return try word()
    }
  }

  /// What a bracket opens, one level deeper.
  private mutating func nested(
    _ body: (inout LiteralParser) throws(LiteralError) -> Literal
  ) throws(LiteralError) -> Literal {
    guard depth < Limits.literalDepth else { throw error("it is nested deeper than \(Limits.literalDepth) times") }
    (place, depth) = (place + 1, depth + 1)
    let result = try body(&self)
    depth -= 1
    return result
  }

  /// The elements up to a bracket, and whether a comma stood before it.
  private mutating func elements(until end: Unicode.Scalar) throws(LiteralError) -> ([Literal], Bool) {
    var (result, isCommaLast): ([Literal], Bool) = ([], false)
    while true {
      skipSpace()
      if take(end) { return (result, isCommaLast) }
      result.append(try value())
      skipSpace()
      isCommaLast = take(",")
      guard isCommaLast || next == UInt8(ascii: end) else { throw error("a comma or \(end) is missing") }
    }
  }

  /// Without a comma, one element in parentheses is that element.
  private mutating func tuple() throws(LiteralError) -> Literal {
    let (elements, isCommaLast) = try elements(until: ")")
    return elements.count == 1 && !isCommaLast ? elements[0] : .list(elements)
  }

  private mutating func dictionary() throws(LiteralError) -> Literal {
    var members: [Literal.Member] = []
    while true {
      skipSpace()
      if take("}") { return .dictionary(members) }
      let key = try value()
      skipSpace()
      guard take(":") else { throw error("a colon is missing") }
      hasKeys = true
      members.append(Literal.Member(key: key, value: try value()))
      skipSpace()
      guard take(",") || next == UInt8(ascii: "}") else { throw error("a comma or } is missing") }
    }
  }

  /// A number, a constant, or a string with one of Python's prefixes.
  private mutating func word() throws(LiteralError) -> Literal {
    let start = place
    while let byte = next, isOfWord(byte) { place += 1 }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    switch text {
    case "null", "None": return .null
    case "true", "True": return .bool(true)
    case "false", "False": return .bool(false)
    case "NaN", "nan": return .number(.nan)
    case "Infinity", "inf": return .number(.infinity)
    case "-Infinity", "-inf": return .number(-.infinity)
    case "u", "b":
      if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return .string(try string()) }
    default:
      let digits = text.drop { $0 == "-" || $0 == "+" }
      if let first = digits.utf8.first, first == UInt8(ascii: ".") || (0x30...0x39).contains(first),
        !digits.lowercased().hasPrefix("0x"), let number = Double(text), number.isFinite
      {
        return .number(number)
      }
    }
    place = start
    let shown = text.isEmpty ? String(decoding: bytes[place..<min(place + 1, bytes.count)], as: UTF8.self) : text
    throw error("\(printable(shown)) is no value")
  }

  private func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
