import ModelFiles

/// A piece of an HDF5 file in memory, read from front to back. Numbers are little-endian. Nothing can be read beyond the
/// end: that is an error which names the object.
struct HDF5Cursor {
  /// What is to blame: an object's path in the file, or the file.
  let site: String
  /// Bytes of an address and of a length, as the superblock says.
  let sizes: HDF5Sizes
  private let bytes: [UInt8]
  private var position: Int
  private let end: Int

  init(_ bytes: [UInt8], _ sizes: HDF5Sizes, site: String) {
    (self.bytes, self.sizes, self.site) = (bytes, sizes, site)
    (position, end) = (0, bytes.count)
  }

  private init(partOf whole: HDF5Cursor, _ count: Int) {
    (bytes, sizes, site) = (whole.bytes, whole.sizes, whole.site)
    (position, end) = (whole.position, whole.position + count)
  }

  var remaining: Int { end - position }

  func damaged(_ what: String) -> ImportError { ImportError(.malformed, site, what) }

  mutating func skip(_ count: Int) throws(ImportError) {
    guard count >= 0, count <= remaining else { throw damaged("is cut short") }
    position += count
  }

  /// The next `count` bytes as a cursor of their own.
  mutating func part(_ count: Int) throws(ImportError) -> HDF5Cursor {
    guard count >= 0, count <= remaining else { throw damaged("is cut short") }
    defer { position += count }
    return HDF5Cursor(partOf: self, count)
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(ImportError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw damaged("is cut short") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// What is left.
  var rest: ArraySlice<UInt8> { bytes[position..<end] }

  /// An unsigned number of at most 8 bytes.
  mutating func number(_ width: Int) throws(ImportError) -> UInt64 {
    guard (0...8).contains(width), width <= remaining else { throw damaged("is cut short") }
    var value: UInt64 = 0
    for place in 0..<width { value |= UInt64(bytes[position + place]) << UInt64(8 * place) }
    position += width
    return value
  }

  /// A number that counts something.
  mutating func int(_ width: Int) throws(ImportError) -> Int {
    guard let value = Int(exactly: try number(width)) else { throw damaged("declares a size beyond all bounds") }
    return value
  }

  mutating func byte() throws(ImportError) -> UInt8 {
    guard remaining > 0 else { throw damaged("is cut short") }
    defer { position += 1 }
    return bytes[position]
  }

  /// An address in the file; nil for the undefined one, of all ones.
  mutating func address() throws(ImportError) -> UInt64? {
    let value = try number(sizes.offset)
    return value == sizes.undefined ? nil : value
  }

  mutating func length() throws(ImportError) -> Int { try int(sizes.length) }

  /// Bytes up to the first zero, or all.
  mutating func text(_ count: Int) throws(ImportError) -> String {
    String(decoding: try take(count).prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// Bytes of addresses and lengths in a file.
struct HDF5Sizes {
  var offset = 8, length = 8

  var undefined: UInt64 { offset == 8 ? .max : 1 << UInt64(8 * offset) - 1 }
}

extension Int {
  /// The product of sizes from a file; nil on overflow or when one is negative.
  static func product(_ factors: some Sequence<Int>) -> Int? {
    var result = 1
    for factor in factors {
      let (next, overflow) = result.multipliedReportingOverflow(by: factor)
      guard factor >= 0, !overflow else { return nil }
      result = next
    }
    return result
  }

  /// The sum of sizes from a file; nil on overflow.
  func plus(_ other: Int) -> Int? {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? nil : sum
  }

  /// Floor of the binary logarithm of a positive number; 0 of others.
  var binaryLogarithm: Int { self > 0 ? Int.bitWidth - 1 - leadingZeroBitCount : 0 }

  /// Bytes that hold any number up to this one.
  var encodedBytes: Int { binaryLogarithm / 8 + 1 }
}
