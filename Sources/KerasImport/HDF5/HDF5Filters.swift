import Diagnostics
import CDeflate
import ModelFiles
import Tensors

/// What was done to the bytes of chunks before they were written.
///
/// Layout: HDF5 File Format Specification 3.0, section IV.A.2.l.
struct HDF5Filters {
  enum Filter: Equatable { case deflate, shuffle(Int), fletcher32 }

  let filters: [Filter]

  static let none = HDF5Filters()

  private init() { filters = [] }

  /// Errors: a filter that is not one of those above.
  init(_ message: HDF5Cursor, elementSize: Int) throws(ImportError) {
    var message = message
    let version = try message.byte()
    guard version == 1 || version == 2 else { throw message.damaged("has filters of version \(version)") }
    let count = Int(try message.byte())
    guard count <= 32 else { throw message.damaged("has \(count) filters") }
    if version == 1 { try message.skip(6) }
    var filters: [Filter] = []
    for _ in 0..<count {
      let id = try message.int(2)
      let name = version == 1 || id >= 256 ? try message.int(2) : 0
      try message.skip(2)
      let values = try message.int(2)
      try message.skip(version == 1 ? name.roundedUp(to: 8) : name)
      var first: Int?
      for place in 0..<values {
        let value = try message.int(4)
        if place == 0 { first = value }
      }
      if version == 1, values % 2 == 1 { try message.skip(4) }
      switch id {
      case 1: filters.append(.deflate)
      case 2: filters.append(.shuffle(first ?? elementSize))
      case 3: filters.append(.fletcher32)
      default:
        let names = [4: "szip", 5: "nbit", 6: "scaleoffset", 32000: "lzf", 32001: "blosc", 32004: "lz4", 32015: "zstd"]
        throw ImportError(
          .unsupported, message.site, "is compressed by HDF5 filter \(id)" + (names[id].map { " (\($0))" } ?? ""),
          remedy: .advice("rewrite it with h5repack -f GZIP=6"))
      }
    }
    guard filters.count(where: { $0 == .deflate }) <= 1 else {
      throw ImportError(
        .unsupported, message.site, "is compressed twice", remedy: .advice("rewrite it with h5repack -f GZIP=6"))
    }
    self.filters = filters
  }

  /// Undoes the filters of one chunk whose elements take `count` bytes; bit i of the mask says that filter i was left
  /// out. Nothing is unpacked that declares more than deflate could have packed into the bytes given.
  func undo(_ stored: [UInt8], mask: UInt32, count: Int, site: String) throws(ImportError) -> [UInt8] {
    let used = filters.enumerated().filter { mask >> UInt32($0.offset) & 1 == 0 }.map(\.element)
    var bytes = stored
    for (place, filter) in used.enumerated().reversed() {
      switch filter {
      case .deflate:
        // Checksums of filters before this one were packed with the elements.
        let sums = used[..<place].count { $0 == .fletcher32 }
        guard let unpacked = count.plus(4 * sums), unpacked / 1040 <= bytes.count,
          let whole = inflated(bytes, count: unpacked)
        else { throw ImportError(.malformed, site, "has a chunk that does not unpack to what it should") }
        bytes = whole
      case .shuffle(let size): bytes = unshuffled(bytes, size)
      case .fletcher32:
        guard bytes.count >= 4 else { throw ImportError(.malformed, site, "has a chunk without its checksum") }
        let sum = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        bytes.removeLast(4)
        guard fletcher32(bytes) == sum else {
          throw ImportError(.malformed, site, "has a chunk whose checksum differs")
        }
      }
    }
    guard bytes.count == count else {
      throw ImportError(.malformed, site, "has a chunk of \(bytes.count) bytes instead of \(count)")
    }
    return bytes
  }

  /// The first bytes of all elements came first, then the second ones, and so on.
  private func unshuffled(_ bytes: [UInt8], _ size: Int) -> [UInt8] {
    guard size > 1, bytes.count >= size else { return bytes }
    let elements = bytes.count / size
    var result = bytes
    for byte in 0..<size {
      for element in 0..<elements { result[element * size + byte] = bytes[byte * elements + element] }
    }
    return result
  }
}

/// Unpacks a zlib stream to exactly `count` bytes; nil when that is not what it holds.
private func inflated(_ stream: [UInt8], count: Int) -> [UInt8]? {
  guard let decompressor = libdeflate_alloc_decompressor() else { return nil }
  defer { libdeflate_free_decompressor(decompressor) }
  var isWhole = false
  let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    let result = stream.withUnsafeBytes {
      libdeflate_zlib_decompress(decompressor, $0.baseAddress, $0.count, buffer.baseAddress, count, nil)
    }
    isWhole = result == LIBDEFLATE_SUCCESS
    filled = isWhole ? count : 0
  }
  return isWhole ? bytes : nil
}
