/// Messages in protobuf's wire format, written by hand so that they can be wrong.
public struct WireWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, result) = (value, [UInt8]())
    while rest >= 0x80 {
      result.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return result + [UInt8(rest)]
  }

  /// A message within a message, `depth` times in field `field`; the innermost is empty.
  public static func nested(_ field: Int, depth: Int) -> [UInt8] {
    // From the inside out, and so from the end.
    var reversed: [UInt8] = []
    for _ in 0..<depth {
      reversed += varint(UInt64(reversed.count)).reversed()
      reversed += varint(UInt64(field) << 3 | 2).reversed()
    }
    return reversed.reversed()
  }

  public mutating func raw(_ more: [UInt8]) { bytes += more }
  public mutating func int(_ field: Int, _ value: Int) {
    bytes += Self.varint(UInt64(field) << 3) + Self.varint(UInt64(bitPattern: Int64(value)))
  }
  public mutating func float(_ field: Int, _ value: Float) {
    bytes += Self.varint(UInt64(field) << 3 | 5)
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
  }
  public mutating func data(_ field: Int, _ value: [UInt8]) {
    bytes += Self.varint(UInt64(field) << 3 | 2) + Self.varint(UInt64(value.count)) + value
  }
  public mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }
  public mutating func message(_ field: Int, _ build: (inout WireWriter) -> Void) {
    var inner = WireWriter()
    build(&inner)
    data(field, inner.bytes)
  }
}

/// Writes the fields of a message.
public typealias Part = @Sendable (inout WireWriter) -> Void
