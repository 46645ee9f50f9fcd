import ModelFiles
import Tensors

/// The arrays by which files since version 1.10 list chunks.
///
/// Layout: HDF5 File Format Specification 3.0, sections VII.C and VII.D.
struct HDF5ChunkArray {
  typealias Entry = (address: UInt64, count: Int, mask: UInt32)

  enum EntryBytes {
    /// An address; all chunks have this many bytes.
    case plain(Int)
    /// An address, the bytes of the chunk and which filters were left out.
    case filtered
  }

  let bytes: HDF5Bytes
  let site: String
  let entryBytes: EntryBytes

  private func damaged() -> ImportError { ImportError(.malformed, site, "has a damaged index of chunks") }

  /// Reads a number of entries; nil for a chunk that was never written.
  private func entries(
    _ body: inout HDF5Cursor, _ count: Int, _ size: Int
  ) throws(ImportError) -> [Entry?] {
    guard let total = Int.product([count, size]), total <= body.remaining else { throw damaged() }
    var result: [Entry?] = []
    result.reserveCapacity(count)
    for _ in 0..<count {
      let address = try body.address()
      switch entryBytes {
      case .plain(let count): result.append(address.map { ($0, count, 0) })
      case .filtered:
        let count = try body.int(size - bytes.sizes.offset - 4)
        let mask = UInt32(truncatingIfNeeded: try body.number(4))
        result.append(address.map { ($0, count, mask) })
      }
    }
    return result
  }

  /// Reads what both kinds of arrays begin with and returns the bytes of an entry.
  private func entrySize(_ head: inout HDF5Cursor) throws(ImportError) -> Int {
    let (version, client, size) = (try head.byte(), try head.byte(), Int(try head.byte()))
    let offset = bytes.sizes.offset
    switch entryBytes {
    case .plain: guard version == 0, client == 0, size == offset else { throw damaged() }
    case .filtered:
      guard version == 0, client == 1, (offset + 5...offset + 12).contains(size) else { throw damaged() }
    }
    return size
  }

  func fixed(_ address: UInt64) throws(ImportError) -> [Entry?] {
    let (offset, length) = (bytes.sizes.offset, bytes.sizes.length)
    var head = try bytes.structure("FAHD", address, 12 + offset + length, isSummed: true, site: site)
    let size = try entrySize(&head)
    let pageBits = Int(try head.byte())
    let count = try head.length()
    guard let block = try head.address(), pageBits <= 32, count <= bytes.source.count / size else { throw damaged() }
    let prefix = 6 + offset
    if count <= 1 << pageBits {
      var body = try bytes.structure("FADB", block, prefix + count * size + 4, isSummed: true, site: site)
      try body.skip(prefix - 4)
      return try entries(&body, count, size)
    }
    let pages = (count - 1) >> pageBits + 1
    let bitmap = pages.dividedUp(by: 8)
    var body = try bytes.structure("FADB", block, prefix + bitmap + 4, isSummed: true, site: site)
    try body.skip(prefix - 4)
    let present = Array(try body.take(bitmap))
    var result: [Entry?] = []
    var place = UInt64(prefix + bitmap + 4)
    for page in 0..<pages {
      let number = min(1 << pageBits, count - page << pageBits)
      if present[page / 8] >> UInt8(7 - page % 8) & 1 == 1 {
        result += try self.page(try sum(block, place), number, size)
      } else {
        result += [Entry?](repeating: nil, count: number)
      }
      place += UInt64((1 << pageBits) * size + 4)
    }
    return result
  }

  /// Entries with a checksum behind them.
  private func page(_ address: UInt64, _ count: Int, _ size: Int) throws(ImportError) -> [Entry?] {
    var body = try bytes.cursor(address, count * size + 4, site: site)
    var sum = body
    let content = Array(try sum.take(count * size))
    guard try sum.number(4) == UInt64(lookup3(content)) else { throw damaged() }
    return try entries(&body, count, size)
  }

  private func sum(_ address: UInt64, _ count: UInt64) throws(ImportError) -> UInt64 {
    let (sum, overflow) = address.addingReportingOverflow(count)
    guard !overflow else { throw damaged() }
    return sum
  }

  /// An array that grows: the first entries in its index block, the others in data blocks, which double in size; those
  /// behind the first few are listed by secondary blocks.
  func extensible(_ address: UInt64) throws(ImportError) -> [Entry?] {
    let (offset, length) = (bytes.sizes.offset, bytes.sizes.length)
    var head = try bytes.structure("EAHD", address, 16 + 6 * length + offset, isSummed: true, site: site)
    let size = try entrySize(&head)
    let maximumBits = Int(try head.byte()), indexEntries = Int(try head.byte()), smallest = Int(try head.byte())
    let pointers = Int(try head.byte()), pageBits = Int(try head.byte())
    try head.skip(4 * length)
    let used = try head.length()
    try head.skip(length)
    func isPower(_ value: Int) -> Bool { value > 0 && value & (value - 1) == 0 }
    guard let block = try head.address(), isPower(smallest), isPower(pointers), maximumBits <= 62, pageBits <= 32,
      maximumBits >= smallest.binaryLogarithm, used <= Limits.objects
    else { throw damaged() }

    let levels = 1 + maximumBits - smallest.binaryLogarithm
    let direct = 2 * pointers.binaryLogarithm
    let blocks = 2 * (pointers - 1)
    guard direct <= levels else { throw damaged() }
    let count = 10 + offset + indexEntries * size + (blocks + levels - direct) * offset
    var body = try bytes.structure("EAIB", block, count, isSummed: true, site: site)
    try body.skip(2 + offset)
    var result = try entries(&body, indexEntries, size)
    var reader = DataBlocks(array: self, size: size, offsetBytes: maximumBits.dividedUp(by: 8), pageBits: pageBits)
    for level in 0..<levels where result.count < used {
      let number = 1 << (level / 2), length = smallest << ((level + 1) / 2)
      guard length <= Limits.objects else { throw damaged() }
      if level < direct {
        for _ in 0..<number {
          let block = try body.address()
          if result.count < used { result += try reader.block(block, length, isPresent: nil) }
        }
      } else if let secondary = try body.address() {
        result += try reader.secondary(secondary, number, length, limit: used - result.count)
      } else {
        result += [Entry?](repeating: nil, count: min(number * length, used - result.count))
      }
    }
    return Array(result.prefix(used))
  }

  /// Reads the blocks of an array that grows.
  private struct DataBlocks {
    let array: HDF5ChunkArray
    let size: Int
    let offsetBytes: Int
    let pageBits: Int
    private var visited: Set<UInt64> = []

    init(array: HDF5ChunkArray, size: Int, offsetBytes: Int, pageBits: Int) {
      (self.array, self.size, self.offsetBytes, self.pageBits) = (array, size, offsetBytes, pageBits)
    }

    private var prefix: Int { 6 + array.bytes.sizes.offset + offsetBytes }

    /// The entries of a data block; `isPresent` says which of its pages were written, where it has pages.
    mutating func block(
      _ address: UInt64?, _ count: Int, isPresent: [Bool]?
    ) throws(ImportError) -> [Entry?] {
      guard let address else { return [Entry?](repeating: nil, count: count) }
      guard visited.insert(address).inserted else { throw array.damaged() }
      guard count > 1 << pageBits else {
        var body = try array.bytes.structure(
          "EADB", address, prefix + count * size + 4, isSummed: true, site: array.site)
        try body.skip(prefix - 4)
        return try array.entries(&body, count, size)
      }
      _ = try array.bytes.structure("EADB", address, prefix + 4, isSummed: true, site: array.site)
      var result: [Entry?] = []
      var place = UInt64(prefix + 4)
      for page in 0..<count >> pageBits {
        if let isPresent, page < isPresent.count, !isPresent[page] {
          result += [Entry?](repeating: nil, count: 1 << pageBits)
        } else {
          result += try array.page(try array.sum(address, place), 1 << pageBits, size)
        }
        place += UInt64(size << pageBits + 4)
      }
      return result
    }

    /// The entries of the data blocks that a secondary block lists, at least `limit` where there are as many.
    mutating func secondary(
      _ address: UInt64, _ blocks: Int, _ count: Int, limit: Int
    ) throws(ImportError) -> [Entry?] {
      guard visited.insert(address).inserted else { throw array.damaged() }
      let pages = count > 1 << pageBits ? count >> pageBits : 0
      let bitmap = pages.dividedUp(by: 8)
      let offset = array.bytes.sizes.offset
      guard let listed = Int.product([blocks, bitmap + offset])?.plus(prefix + 4) else { throw array.damaged() }
      var body = try array.bytes.structure("EASB", address, listed, isSummed: true, site: array.site)
      try body.skip(prefix - 4)
      var present: [[Bool]] = []
      for _ in 0..<blocks {
        let bits = Array(try body.take(bitmap))
        present.append((0..<pages).map { bits[$0 / 8] >> UInt8(7 - $0 % 8) & 1 == 1 })
      }
      var result: [Entry?] = []
      for number in 0..<blocks where result.count < limit {
        result += try block(try body.address(), count, isPresent: pages > 0 ? present[number] : nil)
      }
      return result
    }
  }
}
