import ModelFiles

/// What an HDF5 file says about itself first.
///
/// Layout: HDF5 File Format Specification 3.0, section II.A.
struct HDF5Superblock {
  let sizes: HDF5Sizes
  /// Where addresses count from: the superblock itself, behind a block of the user.
  let start: Int
  /// The object header of the root group.
  let root: UInt64

  init(_ source: any ByteSource, site: String) throws(ImportError) {
    guard let start = HDF5Superblock.place(source) else {
      throw ImportError(.malformed, site, "has no HDF5 superblock")
    }
    self.start = start
    let count = min(128, source.count - start)
    let whole = try HDF5Bytes(source, start: start, sizes: HDF5Sizes()).cursor(0, count, site: site)
    var cursor = whole
    try cursor.skip(8)
    let version = try cursor.byte()
    guard version <= 3 else { throw ImportError(.malformed, site, "has an HDF5 superblock of version \(version)") }
    if version < 2 { try cursor.skip(4) }
    let sizes = HDF5Sizes(offset: Int(try cursor.byte()), length: Int(try cursor.byte()))
    guard [2, 4, 8].contains(sizes.offset), [2, 4, 8].contains(sizes.length) else {
      throw ImportError(.malformed, site, "has HDF5 addresses of \(sizes.offset) and lengths of \(sizes.length) bytes")
    }
    self.sizes = sizes
    try cursor.skip(version == 0 ? 9 : version == 1 ? 13 : 1)
    let base = try cursor.number(sizes.offset)
    try cursor.skip(sizes.offset)
    let end = try cursor.number(sizes.offset)
    // The driver's address, and the name of the root.
    if version < 2 { try cursor.skip(sizes.offset + sizes.length) }
    root = try cursor.number(sizes.offset)
    if version >= 2 {
      var bytes = whole
      let sum = lookup3(Array(try bytes.take(12 + 4 * sizes.offset)))
      guard try cursor.number(4) == UInt64(sum) else {
        throw ImportError(.malformed, site, "has an HDF5 superblock whose checksum differs")
      }
    }
    // The end counts from the base that the file names, which a block put before it later leaves behind.
    let (length, isWrong) = end.subtractingReportingOverflow(base)
    guard !isWrong, length <= UInt64(source.count - start) else {
      throw ImportError(.malformed, site, "is shorter than the HDF5 file that it holds")
    }
  }

  /// Where the HDF5 signature stands: at 0, or at a power of two from 512 on.
  static func place(_ source: any ByteSource) -> Int? {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    var found = [UInt8](repeating: 0, count: signature.count)
    var offset = 0
    while offset < source.count {
      let isRead = found.withUnsafeMutableBytes { source.read(at: offset, into: $0) }
      if isRead, found == signature { return offset }
      offset = offset == 0 ? 512 : offset * 2
    }
    return nil
  }
}
