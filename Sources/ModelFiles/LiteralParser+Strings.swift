/// Strings in the escapes of JSON and of Python.
extension LiteralParser {
  /// A string from its opening quote to its closing one.
  mutating func string() throws(LiteralError) -> String {
    let quote = bytes[place]
    place += 1
    var text: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case quote:
        guard let result = String(validating: text, as: UTF8.self) else { throw error("a string is not UTF-8") }
        return result
      case UInt8(ascii: "\\"): text.append(contentsOf: String(Character(try escape())).utf8)
      default: text.append(byte)
      }
    }
    throw error("a string has no end")
  }

  /// The scalar of an escape whose backslash is taken. Halves of surrogate pairs without the other half become U+FFFD.
  private mutating func escape() throws(LiteralError) -> Unicode.Scalar {
    guard let byte = next else { throw error("a string has no end") }
    place += 1
    switch byte {
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "x"): return try hexadecimal(2)
    case UInt8(ascii: "U"): return try hexadecimal(8)
    case UInt8(ascii: "u"):
      let start = place
      let first = try unit(4)
      guard (0xD800..<0xDC00).contains(first), take("\\"), take("u") else {
        return Unicode.Scalar(first) ?? "\u{FFFD}"
      }
      let second = try unit(4)
      guard (0xDC00..<0xE000).contains(second) else {
        place = start + 4
        return "\u{FFFD}"
      }
      return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    default: throw error("a string has an unknown escape")
    }
  }

  private mutating func hexadecimal(_ digits: Int) throws(LiteralError) -> Unicode.Scalar {
    Unicode.Scalar(try unit(digits)) ?? "\u{FFFD}"
  }

  private mutating func unit(_ digits: Int) throws(LiteralError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("an escape has too few digits")
      }
      value = value << 4 | UInt32(digit)
      place += 1
    }
    return value
  }
}
