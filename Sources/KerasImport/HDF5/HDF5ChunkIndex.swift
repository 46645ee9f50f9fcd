import ModelFiles

/// Where the chunks of a dataset lie.
///
/// Layout: HDF5 File Format Specification 3.0, sections III.A and VII.
struct HDF5ChunkIndex {
  struct Chunk {
    /// Place in the grid of chunks.
    var place: [Int]
    var address: UInt64
    /// Bytes in the file.
    var count: Int
    /// Bit i: filter i was left out.
    var filterMask: UInt32
  }

  let bytes: HDF5Bytes
  let site: String
  let chunks: HDF5Chunks
  let space: HDF5Dataspace
  /// Bytes of a chunk without filters.
  let chunkBytes: Int
  let isFiltered: Bool

  /// Chunks along each dimension.
  var grid: [Int] { zip(space.dims, chunks.dims).map { $0 / $1 + ($0 % $1 > 0 ? 1 : 0) } }

  /// The same of the largest size that the dataset may grow to, by which arrays count their chunks.
  private var largestGrid: [Int] {
    zip(zip(space.maximum, space.dims), chunks.dims).map { sizes, chunk in
      let size = sizes.0 ?? sizes.1
      return size / chunk + (size % chunk > 0 ? 1 : 0)
    }
  }

  /// All chunks that were written.
  func all() throws(ImportError) -> [Chunk] {
    guard let address = chunks.address else { return [] }
    switch chunks.index {
    case .nodeTree: return try nodeTree(address)
    case .single(let count, let mask):
      let place = [Int](repeating: 0, count: chunks.dims.count)
      return [Chunk(place: place, address: address, count: count ?? chunkBytes, filterMask: mask)]
    case .implicit: return try implicit(address)
    case .fixedArray:
      let array = HDF5ChunkArray(bytes: bytes, site: site, entryBytes: entryBytes)
      return try numbered(try array.fixed(address), largestGrid)
    case .extensibleArray:
      let array = HDF5ChunkArray(bytes: bytes, site: site, entryBytes: entryBytes)
      return try numbered(try array.extensible(address), largestGrid, growing: space.maximum.firstIndex(of: nil))
    case .recordTree: return try recordTree(address)
    }
  }

  private func damaged(_ what: String) -> ImportError { ImportError(.malformed, site, what) }

  private func nodeTree(_ address: UInt64) throws(ImportError) -> [Chunk] {
    let tree = HDF5NodeTree(bytes: bytes, site: site, kind: 1, keySize: 8 + 8 * (chunks.dims.count + 1))
    var result: [Chunk] = []
    for leaf in try tree.leaves(address) {
      var key = leaf.key
      let count = try key.int(4)
      let mask = UInt32(truncatingIfNeeded: try key.number(4))
      var place: [Int] = []
      for size in chunks.dims {
        let (quotient, remainder) = try key.int(8).quotientAndRemainder(dividingBy: size)
        guard remainder == 0 else { throw damaged("has a chunk beside the grid of chunks") }
        place.append(quotient)
      }
      result.append(Chunk(place: place, address: leaf.address, count: count, filterMask: mask))
    }
    return result
  }

  private func recordTree(_ address: UInt64) throws(ImportError) -> [Chunk] {
    let tree = try HDF5RecordTree(bytes, at: address, kinds: 10...11, site: site)
    let fixed = bytes.sizes.offset + 8 * chunks.dims.count
    guard (tree.kind == 11) == isFiltered, tree.recordSize >= fixed + (isFiltered ? 5 : 0),
      tree.recordSize <= fixed + 12
    else { throw damaged("has a chunk index that does not fit its filters") }
    var result: [Chunk] = []
    for record in try tree.records() {
      var record = record
      guard let address = try record.address() else { throw damaged("has a chunk without an address") }
      let count = isFiltered ? try record.int(tree.recordSize - fixed - 4) : chunkBytes
      let mask = isFiltered ? UInt32(truncatingIfNeeded: try record.number(4)) : 0
      var place: [Int] = []
      for _ in chunks.dims { place.append(try record.int(8)) }
      result.append(Chunk(place: place, address: address, count: count, filterMask: mask))
    }
    return result
  }

  private func implicit(_ address: UInt64) throws(ImportError) -> [Chunk] {
    guard !isFiltered, let number = Int.product(largestGrid), let size = Int.product([number, chunkBytes]) else {
      throw damaged("has a chunk index that does not fit its filters")
    }
    _ = try bytes.place(address, size, site: site)
    let entries = (0..<number).map { (UInt64($0 * chunkBytes) + address, chunkBytes, UInt32(0)) }
    return try numbered(entries.map { $0 as HDF5ChunkArray.Entry? }, largestGrid)
  }

  /// Bytes of an array's entry; they follow from the file where there are filters.
  private var entryBytes: HDF5ChunkArray.EntryBytes { isFiltered ? .filtered : .plain(chunkBytes) }

  /// Chunks by number: row-major in the grid, a dimension that grows before all others.
  private func numbered(
    _ entries: [HDF5ChunkArray.Entry?], _ grid: [Int], growing: Int? = nil
  ) throws(ImportError) -> [Chunk] {
    var order = Array(grid.indices)
    if let growing {
      order.remove(at: growing)
      order.insert(growing, at: 0)
    }
    var result: [Chunk] = []
    for (number, entry) in entries.enumerated() {
      guard let entry else { continue }
      var place = [Int](repeating: 0, count: grid.count)
      var rest = number
      for axis in order.dropFirst().reversed() where grid[axis] > 0 {
        (rest, place[axis]) = rest.quotientAndRemainder(dividingBy: grid[axis])
      }
      if let slowest = order.first { place[slowest] = rest }
      result.append(Chunk(place: place, address: entry.address, count: entry.count, filterMask: entry.mask))
    }
    return result
  }
}
