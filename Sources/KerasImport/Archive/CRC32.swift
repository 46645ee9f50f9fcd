import CDeflate

/// The checksum of zip archives (ISO 3309, polynomial 0x04C11DB7 with bits reflected).
struct CRC32: Equatable {
  private(set) var value: UInt32 = 0
  private static let polynomial: UInt32 = 0xEDB8_8320

  init() {}

  init(_ value: UInt32) { self.value = value }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    value = libdeflate_crc32(value, bytes.baseAddress, bytes.count)
  }

  /// Adds `count` bytes of which only the sum is known.
  ///
  /// A sum is the remainder of the bytes as a polynomial: bytes that follow shift it by 8 x `count` places.
  mutating func add(_ sum: CRC32, count: Int) {
    value = CRC32.product(CRC32.shift(bytes: count), value) ^ sum.value
  }

  /// x to the power 8 x `bytes`, modulo the polynomial.
  private static func shift(bytes: Int) -> UInt32 {
    var result: UInt32 = 1 << 31
    var square: UInt32 = 1 << 30  // x
    for _ in 0..<3 { square = product(square, square) }
    var rest = bytes
    while rest > 0 {
      if rest & 1 == 1 { result = product(square, result) }
      square = product(square, square)
      rest >>= 1
    }
    return result
  }

  /// The product of two polynomials, whose highest bit is the constant term, modulo the polynomial.
  private static func product(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var (sum, shifted): (UInt32, UInt32) = (0, b)
    for bit in (0..<32).reversed() {
      if a >> UInt32(bit) & 1 == 1 { sum ^= shifted }
      shifted = shifted & 1 == 1 ? shifted >> 1 ^ polynomial : shifted >> 1
    }
    return sum
  }
}
