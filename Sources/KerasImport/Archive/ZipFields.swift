import ModelFiles

/// Little-endian fields of a zip archive, read from front to back; nothing can be read beyond the end.
struct ZipFields {
  private let bytes: [UInt8]
  private var position = 0
  /// What is to blame: a member, or the archive.
  var site: String

  init(_ bytes: [UInt8], site: String) { (self.bytes, self.site) = (bytes, site) }

  var remaining: Int { bytes.count - position }

  mutating func take(_ count: Int) throws(ImportError) -> [UInt8] {
    guard count >= 0, count <= remaining else {
      throw ImportError(.malformed, site, "has a header in the zip archive that is cut short")
    }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  mutating func skip(_ count: Int) throws(ImportError) { _ = try take(count) }

  /// An unsigned number of at most 8 bytes.
  mutating func number(_ width: Int) throws(ImportError) -> UInt64 {
    try take(width).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// A number that counts something.
  mutating func int(_ width: Int) throws(ImportError) -> Int {
    guard let value = Int(exactly: try number(width)) else {
      throw ImportError(.malformed, site, "declares a size beyond all bounds in the zip archive")
    }
    return value
  }

  /// `PK` and two more bytes.
  mutating func isSigned(_ third: UInt8, _ fourth: UInt8) throws(ImportError) -> Bool {
    try take(4) == [0x50, 0x4B, third, fourth]
  }

  /// Sizes of 4 bytes as an extra field of zip64 corrects them: in the place of those that are all ones it has 8 bytes
  /// each, in order. The cursor stands at the extra fields, of `count` bytes.
  mutating func widened(_ sizes: [Int], extra count: Int) throws(ImportError) -> [Int] {
    var result = sizes
    var isFound = false
    var extra = ZipFields(try take(count), site: site)
    // A writer may pad with less than the head of a field.
    while extra.remaining >= 4 {
      let (kind, size) = (try extra.int(2), try extra.int(2))
      var body = ZipFields(try extra.take(size), site: site)
      guard kind == 1 else { continue }
      guard !isFound else { throw ImportError(.malformed, site, "has two extra fields of zip64") }
      isFound = true
      for place in sizes.indices where sizes[place] == ZipFields.saturated { result[place] = try body.int(8) }
    }
    guard isFound || !sizes.contains(ZipFields.saturated) else {
      throw ImportError(.malformed, site, "lacks the extra field of zip64 that holds its size")
    }
    return result
  }

  /// What stands in a field of 4 bytes whose value is elsewhere.
  static let saturated = 0xFFFF_FFFF
}
