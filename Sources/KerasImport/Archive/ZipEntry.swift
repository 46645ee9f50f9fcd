import Diagnostics
import ModelFiles

/// A member of a zip archive as the directory at its end describes it.
struct ZipEntry {
  let name: String
  let method: Int
  /// Bytes in the archive, and unpacked.
  let packed: Int, size: Int
  /// Where its local header lies.
  let offset: Int
  private let rawName: [UInt8]
  private let system: UInt64, attributes: UInt64
  private let flags: UInt64
  /// The CRC-32 of the content.
  let checksum: UInt64

  private enum Method { static let stored = 0, deflate = 8 }

  var isStored: Bool { method == Method.stored }
  private var isEncrypted: Bool { flags & 1 != 0 }

  /// Reads a header of the directory.
  init(_ fields: inout ZipFields) throws(ImportError) {
    guard try fields.isSigned(1, 2) else {
      throw ImportError(.malformed, fields.site, "is a damaged zip archive (its directory lists something else)")
    }
    let made = try fields.number(2)
    try fields.skip(2)
    flags = try fields.number(2)
    method = try fields.int(2)
    try fields.skip(4)
    checksum = try fields.number(4)
    let sizes = [try fields.int(4), try fields.int(4)].reversed() as [Int]
    let (nameCount, extraCount, commentCount) = (try fields.int(2), try fields.int(2), try fields.int(2))
    let disk = try fields.int(2)
    try fields.skip(2)
    (system, attributes) = (made >> 8, try fields.number(4))
    let place = try fields.int(4)
    rawName = try fields.take(nameCount)
    name = String(decoding: rawName, as: UTF8.self)
    let archive = fields.site
    fields.site = name
    let wide = try fields.widened(sizes + [place], extra: extraCount)
    (size, packed, offset) = (wide[0], wide[1], wide[2])
    try fields.skip(commentCount)
    fields.site = archive
    guard disk == 0 else { throw ImportError(.unsupported, name, "lies on another disk of the zip archive") }
  }

  /// Refuses names that could lead somewhere, what is no plain file, and sizes that cannot be.
  func check() throws(ImportError) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard !name.isEmpty, rawName.count <= 4096, !name.hasPrefix("/"), !parts.contains(".."), !parts.contains("."),
      !rawName.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: ":") })
    else { throw ImportError(.malformed, name, "is not a name that a member of an archive may have") }
    // Made on Unix, or on macOS.
    let type = attributes >> 16 & 0o170000
    if system == 3 || system == 19, type != 0, type != 0o100000, type != 0o040000 {
      throw ImportError(.malformed, name, "is a link or a device, not a file")
    }
    guard !isEncrypted else { throw ImportError(.unsupported, name, "is encrypted") }
    guard isStored || method == Method.deflate else {
      throw ImportError(.unsupported, name, "is compressed by method \(method)", remedy: .advice("use deflate or none"))
    }
    guard !isStored || packed == size else {
      throw ImportError(.malformed, name, "is not compressed, yet declares \(packed) bytes for \(size)")
    }
    // Deflate packs at most 1032 bytes into one, weights never come near.
    guard isStored || size / 1040 <= packed && (size <= 256 << 20 || size / 100 <= packed) else {
      throw ImportError(.limit, name, "unpacks to \(size) bytes from \(packed), which is more than weights ever do")
    }
  }

  /// Holds the header in front of the member against this entry and returns where its packed content begins, and where all
  /// that belongs to it ends. Everything lies before `limit`.
  func place(in source: any ByteSource, limit: Int) throws(ImportError) -> (content: Int, end: Int) {
    let beyond = ImportError(.malformed, name, "overlaps the directory of the zip archive")
    func load(_ place: Int, _ count: Int) throws(ImportError) -> ZipFields {
      guard place <= limit, count <= limit - place else { throw beyond }
      var bytes = [UInt8](repeating: 0, count: count)
      guard bytes.withUnsafeMutableBytes({ source.read(at: place, into: $0) }) else {
        throw ImportError(.unreadable, name, "ended early or could not be read")
      }
      return ZipFields(bytes, site: name)
    }
    func contradiction(_ what: String) -> ImportError {
      ImportError(.malformed, name, "has another \(what) in front of it than in the directory of the zip archive")
    }
    var head = try load(offset, 30)
    guard try head.isSigned(3, 4) else {
      throw ImportError(.malformed, name, "does not begin where the directory of the zip archive says")
    }
    try head.skip(2)
    let (flags, method) = (try head.number(2), try head.int(2))
    guard flags & 1 == self.flags & 1, method == self.method else { throw contradiction("method") }
    try head.skip(4)
    let checksum = try head.number(4)
    let sizes = [try head.int(4), try head.int(4)].reversed() as [Int]
    let (nameCount, extraCount) = (try head.int(2), try head.int(2))
    var rest = try load(offset + 30, nameCount + extraCount)
    guard try rest.take(nameCount) == rawName else { throw contradiction("name") }
    let wide = try rest.widened(sizes, extra: extraCount)
    let start = offset + 30 + nameCount + extraCount
    guard packed <= limit - start else { throw beyond }
    // Flag 3: sizes and checksum follow the member; in front of it they may be 0.
    let isFollowed = flags & 8 != 0
    for (found, known) in [(wide[0], size), (wide[1], packed)] where found != known && !(isFollowed && found == 0) {
      throw contradiction("size")
    }
    guard checksum == self.checksum || isFollowed && checksum == 0 else { throw contradiction("checksum") }
    let end = start + packed
    return (start, isFollowed ? try descriptorEnd(try load(end, min(24, limit - end)), end) : end)
  }

  /// Where the checksum and the sizes behind a member end: with or without a signature, of 4 or 8 bytes.
  private func descriptorEnd(_ fields: ZipFields, _ start: Int) throws(ImportError) -> Int {
    for (signature, width) in [(4, 4), (4, 8), (0, 4), (0, 8)] where fields.remaining >= signature + 4 + 2 * width {
      var fields = fields
      if signature > 0, try !fields.isSigned(7, 8) { continue }
      if try fields.number(4) == checksum, try fields.number(width) == packed, try fields.number(width) == size {
        return start + signature + 4 + 2 * width
      }
    }
    // Some writers say so of directories, too, and append nothing.
    guard size == 0, packed == 0 else {
      throw ImportError(.malformed, name, "is followed by another size or checksum than the directory has")
    }
    return start
  }
}
