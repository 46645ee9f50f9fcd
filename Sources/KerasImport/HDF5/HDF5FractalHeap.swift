import Diagnostics
import ModelFiles
import Tensors

/// Where the links of large groups and the attributes of objects that have many lie.
///
/// Layout: HDF5 File Format Specification 3.0, section III.G.
final class HDF5FractalHeap {
  private let bytes: HDF5Bytes
  private let site: String
  private let address: UInt64
  private let width: Int
  private let startSize: Int
  private let maximumDirectSize: Int
  private let offsetBytes: Int
  private let lengthBytes: Int
  private let idBytes: Int
  private let hasChecksums: Bool
  private let root: UInt64?
  private let rootRows: Int
  private let largeObjects: UInt64?
  /// The block that was looked at last.
  private var block: (address: UInt64, bytes: HDF5Cursor)?
  private var large: [Int: (address: UInt64, count: Int)]?

  init(_ bytes: HDF5Bytes, at address: UInt64, site: String) throws(ImportError) {
    (self.bytes, self.address, self.site) = (bytes, address, site)
    let (offset, length) = (bytes.sizes.offset, bytes.sizes.length)
    var head = try bytes.structure("FRHP", address, 26 + 3 * offset + 12 * length, isSummed: true, site: site)
    guard try head.byte() == 0 else { throw head.damaged("has a heap of an unknown version") }
    idBytes = try head.int(2)
    guard try head.int(2) == 0 else {
      throw ImportError(
        .unsupported, site, "keeps names in a compressed heap", remedy: .advice("rewrite it with h5repack"))
    }
    hasChecksums = try head.byte() & 2 != 0
    let maximumObject = try head.int(4)
    try head.skip(length)
    largeObjects = try head.address()
    try head.skip(length + offset + 8 * length)
    width = try head.int(2)
    (startSize, maximumDirectSize) = (try head.length(), try head.length())
    let bits = try head.int(2)
    try head.skip(2)
    (root, rootRows) = (try head.address(), try head.int(2))
    func isPower(_ value: Int) -> Bool { value > 0 && value & (value - 1) == 0 }
    guard isPower(width), isPower(startSize), isPower(maximumDirectSize), startSize <= maximumDirectSize,
      maximumDirectSize <= 1 << 32, width <= 1 << 16, bits > 0, bits <= 62, rootRows <= 64
    else { throw head.damaged("has a heap with impossible sizes") }
    offsetBytes = bits.dividedUp(by: 8)
    lengthBytes = min(maximumDirectSize.binaryLogarithm.dividedUp(by: 8), maximumObject.encodedBytes)
  }

  /// The object that an identifier of the heap names.
  func object(_ id: HDF5Cursor) throws(ImportError) -> HDF5Cursor {
    var id = id
    let head = try id.byte()
    guard head >> 6 == 0 else { throw id.damaged("has a heap identifier of an unknown version") }
    switch head >> 4 & 3 {
    case 0:
      let offset = try id.int(offsetBytes)
      return try managed(offset, try id.int(lengthBytes))
    case 1: return try largeObject(id)
    case 2:
      var count = Int(head & 0x0F)
      if idBytes > 17 { count = count << 8 | Int(try id.byte()) }
      return try id.part(count + 1)
    default: throw id.damaged("has a heap identifier of an unknown kind")
    }
  }

  private func largeObject(_ id: HDF5Cursor) throws(ImportError) -> HDF5Cursor {
    var id = id
    if bytes.sizes.offset + bytes.sizes.length <= idBytes - 1 {
      guard let address = try id.address() else { throw id.damaged("has a heap object without an address") }
      return try bytes.cursor(address, try id.length(), site: site)
    }
    let key = try id.int(min(8, bytes.sizes.length, id.remaining))
    if large == nil {
      guard let largeObjects else { throw id.damaged("has a heap object that does not exist") }
      var found: [Int: (address: UInt64, count: Int)] = [:]
      for record in try HDF5RecordTree(bytes, at: largeObjects, kinds: 1...1, site: site).records() {
        var record = record
        guard let address = try record.address() else { continue }
        let count = try record.length()
        found[try record.length()] = (address, count)
      }
      large = found
    }
    guard let object = large?[key] else { throw id.damaged("has a heap object that does not exist") }
    return try bytes.cursor(object.address, object.count, site: site)
  }

  /// The rows of blocks: rows 0 and 1 have blocks of the start size, each further row of twice the size before.
  private func blockSize(row: Int) -> Int { startSize << max(0, row - 1) }

  private func managed(_ offset: Int, _ count: Int) throws(ImportError) -> HDF5Cursor {
    let wrong = ImportError(.malformed, site, "has a heap object beyond its heap")
    guard var node = root else { throw wrong }
    var (offset, rows) = (offset, rootRows)
    let directRows = maximumDirectSize.binaryLogarithm - startSize.binaryLogarithm + 2
    let rowStart = startSize * width
    if rows == 0 { return try object(at: offset, count, inBlock: node, startSize) }
    // Each turn leads into a block of a smaller size.
    for _ in 0..<64 {
      let row = offset < rowStart ? 0 : offset.binaryLogarithm - rowStart.binaryLogarithm + 1
      guard row < rows, row <= 40 else { throw wrong }
      let size = blockSize(row: row)
      let within = row == 0 ? offset : offset - rowStart << (row - 1)
      let entry = row * width + within / size
      guard let child = try child(entry, rows, of: node) else { throw wrong }
      if row < directRows { return try object(at: within % size, count, inBlock: child, size) }
      (node, offset) = (child, within % size)
      rows = size.binaryLogarithm - rowStart.binaryLogarithm + 1
    }
    throw wrong
  }

  /// The address of an entry of an indirect block; nil for one that is not there.
  private func child(_ entry: Int, _ rows: Int, of address: UInt64) throws(ImportError) -> UInt64? {
    let size = 9 + bytes.sizes.offset + offsetBytes + rows * width * bytes.sizes.offset
    var block = try bytes.structure("FHIB", address, size, isSummed: true, site: site)
    guard try block.byte() == 0, try block.number(bytes.sizes.offset) == self.address else {
      throw block.damaged("has a block of another heap")
    }
    try block.skip(offsetBytes + entry * bytes.sizes.offset)
    return try block.address()
  }

  private func object(
    at offset: Int, _ count: Int, inBlock address: UInt64, _ size: Int
  ) throws(ImportError) -> HDF5Cursor {
    if block?.address != address {
      var head = try bytes.structure("FHDB", address, 5 + bytes.sizes.offset, site: site)
      guard try head.byte() == 0, try head.number(bytes.sizes.offset) == self.address else {
        throw head.damaged("has a block of another heap")
      }
      let cursor = try bytes.cursor(address, size, site: site)
      if hasChecksums { try checkSum(cursor) }
      block = (address, cursor)
    }
    // Offsets count from the start of the block, whose head is no object.
    guard var whole = block?.bytes, offset >= 5 + bytes.sizes.offset + offsetBytes else {
      throw ImportError(.malformed, site, "has a heap object beyond its heap")
    }
    try whole.skip(offset)
    return try whole.part(count)
  }

  /// The checksum stands at the end of a block's head and is of the block with zeros in its place.
  private func checkSum(_ block: HDF5Cursor) throws(ImportError) {
    var cursor = block
    let place = 5 + bytes.sizes.offset + offsetBytes
    try cursor.skip(place)
    let sum = try cursor.number(4)
    var whole = Array(block.rest)
    for byte in place..<place + 4 { whole[byte] = 0 }
    guard UInt64(lookup3(whole)) == sum else { throw block.damaged("has a heap block whose checksum differs") }
  }
}
