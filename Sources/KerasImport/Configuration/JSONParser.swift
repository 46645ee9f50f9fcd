import Diagnostics
import ModelFiles

/// A parser of JSON (RFC 8259) with the bare `NaN`, `Infinity` and `-Infinity` of Python's writer.
///
/// Repeated keys, halves of surrogate pairs, bytes that are not UTF-8, control characters inside strings
/// and numbers beyond `Double` are refused; every error gives the offset of the byte to blame.
struct JSONParser {
  private let bytes: [UInt8]
  private let site: String
  private var position = 0
  private var depth = 0

  /// Parses a whole document, which may begin with a UTF-8 byte order mark.
  static func parse(_ bytes: [UInt8], site: String) throws(ImportError) -> JSON {
    var parser = JSONParser(bytes: bytes, site: site)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.error("text after the end") }
    return value
  }

  private init(bytes: [UInt8], site: String) { (self.bytes, self.site) = (bytes, site) }

  private func error(_ what: String, at offset: Int? = nil) -> ImportError {
    ImportError(.malformed, site, "is not JSON: \(what) at byte \(offset ?? position)")
  }

  /// The byte at the position; nil at the end.
  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    let fits = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + count]) }
    if fits { position += count }
    return fits
  }

  private mutating func value() throws(ImportError) -> JSON {
    skipSpace()
    guard let byte = next else { throw error("it ends early") }
    switch byte {
    case UInt8(ascii: "{"): return try nested { (parser) throws(ImportError) in try parser.members() }
    case UInt8(ascii: "["): return try nested { (parser) throws(ImportError) in try parser.elements() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: break
    }
    if take("null") { return .null }
    if take("true") { return .bool(true) }
    if take("false") { return .bool(false) }
    if take("NaN") { return .number(.nan) }
    if take("Infinity") { return .number(.infinity) }
    throw error("unexpected content")
  }

  /// Parses what a bracket opens, one level deeper.
  private mutating func nested(_ body: (inout JSONParser) throws(ImportError) -> JSON) throws(ImportError) -> JSON {
    guard depth < Limits.jsonDepth else {
      throw ImportError(.malformed, site, "nesting is deeper than \(Limits.jsonDepth) at byte \(position)")
    }
    (position, depth) = (position + 1, depth + 1)
    let result = try body(&self)
    depth -= 1
    return result
  }

  private mutating func elements() throws(ImportError) -> JSON {
    var elements: [JSON] = []
    skipSpace()
    if take("]" as Unicode.Scalar) { return .array(elements) }
    while true {
      elements.append(try value())
      skipSpace()
      if take("]" as Unicode.Scalar) { return .array(elements) }
      guard take("," as Unicode.Scalar) else { throw error("no comma or bracket after an element") }
    }
  }

  private mutating func members() throws(ImportError) -> JSON {
    var members: [String: JSON] = [:]
    skipSpace()
    if take("}" as Unicode.Scalar) { return .object(members) }
    while true {
      skipSpace()
      let start = position
      guard next == UInt8(ascii: "\"") else { throw error("no name of a member") }
      let key = try string()
      skipSpace()
      guard take(":" as Unicode.Scalar) else { throw error("no colon after a name") }
      guard members.updateValue(try value(), forKey: key) == nil else {
        throw error("the name '\(printable(key))' is repeated", at: start)
      }
      skipSpace()
      if take("}" as Unicode.Scalar) { return .object(members) }
      guard take("," as Unicode.Scalar) else { throw error("no comma or brace after a member") }
    }
  }

  private mutating func string() throws(ImportError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw error("a string that is not UTF-8", at: start)
        }
        return result
      case UInt8(ascii: "\\"): text.append(contentsOf: String(Character(try escape())).utf8)
      case 0..<0x20: throw error("a control character in a string", at: position - 1)
      default: text.append(byte)
      }
    }
    throw error("a string without an end", at: start)
  }

  /// The scalar of an escape whose backslash is taken.
  private mutating func escape() throws(ImportError) -> Unicode.Scalar {
    let start = position - 1
    guard let byte = next else { throw error("it ends early") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw error("an unknown escape", at: start)
    }
    let unit = try hexadecimal()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xDC00, take("\\u" as StaticString) else { throw error("half of a surrogate pair", at: start) }
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("half of a surrogate pair", at: start) }
    return scalar
  }

  private mutating func hexadecimal() throws(ImportError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("an escape without four digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// A number; a whole one that fits is an integer, however it is written.
  private mutating func number() throws(ImportError) -> JSON {
    let start = position
    if take("-" as Unicode.Scalar), take("Infinity" as StaticString) { return .number(-.infinity) }
    let first = next
    let leading = skipDigits()
    guard leading > 0, leading == 1 || first != UInt8(ascii: "0") else { throw error("a bad number", at: start) }
    if take("." as Unicode.Scalar), skipDigits() == 0 { throw error("a bad number", at: start) }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if !take("+" as Unicode.Scalar) { _ = take("-" as Unicode.Scalar) }
      guard skipDigits() > 0 else { throw error("a bad number", at: start) }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if text != "-0", let whole = Int(text) { return .integer(whole) }
    guard let value = Double(text), value.isFinite else { throw error("a number beyond all limits", at: start) }
    if !(value == 0 && value.sign == .minus), let whole = Int(exactly: value) { return .integer(whole) }
    return .number(value)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }
}
