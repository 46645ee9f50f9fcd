import ModelFiles
import Tensors

/// Reads the elements of a dataset as float32.
struct HDF5Elements {
  let bytes: HDF5Bytes
  let dataset: HDF5Dataset
  let format: HDF5ElementFormat
  /// Elements that are converted at a time.
  private static let piece = 1 << 16

  private var site: String { dataset.site }
  private var count: Int { dataset.space.count }

  private func damaged(_ what: String) -> ImportError { ImportError(.malformed, site, what) }

  func floats() throws(ImportError) -> [Float] {
    guard let size = Int.product([count, format.size]), size <= Limits.weightBytes else {
      throw ImportError(.limit, site, "is larger than \(Limits.weightBytes) bytes")
    }
    switch dataset.layout {
    case .compact(let data):
      guard data.remaining >= size else { throw damaged("is cut short") }
      return data.rest.withUnsafeBytes { data in [Float](count: count) { format.convert(data, into: $0) } }
    case .contiguous(nil, _): return try filled()
    case .contiguous(let address?, let length):
      guard length.map({ $0 >= size }) ?? true else { throw damaged("is cut short") }
      return try contiguous(try bytes.place(address, size, site: site))
    case .chunked(let chunks): return try chunked(chunks)
    case .virtual: throw damaged("is a virtual dataset, which is not allowed")
    }
  }

  /// What stands where nothing was ever written.
  private func filled() throws(ImportError) -> [Float] {
    guard let value = try dataset.fillValue() else { return [Float](repeating: 0, count: count) }
    var float: Float = 0
    withUnsafeMutablePointer(to: &float) { pointer in
      value.withUnsafeBytes { format.convert($0, into: UnsafeMutableBufferPointer(start: pointer, count: 1)) }
    }
    return [Float](repeating: float, count: count)
  }

  private func contiguous(_ place: Int) throws(ImportError) -> [Float] {
    var failure: ImportError?
    let values = [Float](count: count) { buffer in
      do throws(ImportError) { try read(place, into: buffer) } catch {
        failure = error
        buffer.initialize(repeating: 0)
      }
    }
    if let failure { throw failure }
    return values
  }

  /// Elements that are float32 already are read to where they stay.
  private func read(_ place: Int, into floats: UnsafeMutableBufferPointer<Float>) throws(ImportError) {
    if format == HDF5ElementFormat(encoding: .float32, isBigEndian: false) {
      return try bytes.read(place, into: UnsafeMutableRawBufferPointer(floats), site: site)
    }
    let most = min(HDF5Elements.piece, max(floats.count, 1))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: most * format.size, alignment: 64)
    defer { buffer.deallocate() }
    var done = 0
    while done < floats.count {
      let count = min(most, floats.count - done)
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * format.size)])
      try bytes.read(place + done * format.size, into: part, site: site)
      format.convert(
        UnsafeRawBufferPointer(part), into: UnsafeMutableBufferPointer(rebasing: floats[done..<done + count]))
      done += count
    }
  }

  private func chunked(_ chunks: HDF5Chunks) throws(ImportError) -> [Float] {
    let dims = dataset.space.dims
    guard chunks.dims.count == dims.count, chunks.elementSize == format.size else {
      throw damaged("has chunks of another shape or type")
    }
    guard chunks.address != nil else { return try filled() }
    guard let elements = Int.product(chunks.dims), let chunkBytes = Int.product([elements, format.size]),
      chunkBytes <= max(4 * count * format.size, 16 << 20)
    else { throw damaged("has chunks beyond all bounds") }
    let filters = try dataset.filters()
    let index = HDF5ChunkIndex(
      bytes: bytes, site: site, chunks: chunks, space: dataset.space, chunkBytes: chunkBytes,
      isFiltered: !filters.filters.isEmpty)
    let grid = index.grid
    let all = try index.all().filter { chunk in zip(chunk.place, grid).allSatisfy { $0 < $1 } }
    guard Int.product(grid) == all.count, Set(all.map(\.place)).count == all.count else {
      throw damaged("has \(all.count) chunks in a grid of \(grid)")
    }
    try checkApart(all)
    var failure: ImportError?
    let values = [Float](count: count) { buffer in
      buffer.initialize(repeating: 0)
      do throws(ImportError) {
        for chunk in all { try read(chunk, chunks, filters, chunkBytes, into: buffer) }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return values
  }

  /// No byte of the file may belong to two chunks.
  private func checkApart(_ chunks: [HDF5ChunkIndex.Chunk]) throws(ImportError) {
    var end = 0
    for chunk in chunks.sorted(by: { $0.address < $1.address }) {
      let place = try bytes.place(chunk.address, chunk.count, site: site)
      guard place >= end else { throw damaged("has chunks that overlap") }
      end = place + chunk.count
    }
  }

  private func read(
    _ chunk: HDF5ChunkIndex.Chunk, _ chunks: HDF5Chunks, _ filters: HDF5Filters, _ chunkBytes: Int,
    into floats: UnsafeMutableBufferPointer<Float>
  ) throws(ImportError) {
    let dims = dataset.space.dims
    let start = zip(chunk.place, chunks.dims).map { $0 * $1 }
    let extent = zip(zip(dims, start), chunks.dims).map { min($1, $0.0 - $0.1) }
    let isWhole = extent == chunks.dims
    let place = try bytes.place(chunk.address, chunk.count, site: site)
    // Without filters the bytes are those of the elements, which bounds what is allocated by the file.
    let isPlain = filters.filters.isEmpty || !isWhole && chunks.leavesEdgesUnfiltered
    guard !isPlain || chunk.count == chunkBytes else {
      throw damaged("has a chunk of \(chunk.count) bytes instead of \(chunkBytes)")
    }
    var failure: ImportError?
    let stored = [UInt8](unsafeUninitializedCapacity: chunk.count) { buffer, filled in
      let part = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<chunk.count])
      do throws(ImportError) { try bytes.read(place, into: part, site: site) } catch { failure = error }
      filled = failure == nil ? chunk.count : 0
    }
    if let failure { throw failure }
    let data =
      isPlain ? stored : try filters.undo(stored, mask: chunk.filterMask, count: chunkBytes, site: site)
    scatter(data, chunks.dims, extent, start, into: floats)
  }

  /// Copies the rows of a chunk that lie within the dataset to their places.
  private func scatter(
    _ data: [UInt8], _ chunk: [Int], _ extent: [Int], _ start: [Int], into floats: UnsafeMutableBufferPointer<Float>
  ) {
    let dims = dataset.space.dims
    let last = dims.count - 1
    var place = [Int](repeating: 0, count: dims.count)
    data.withUnsafeBytes { data in
      while true {
        var (source, target) = (0, 0)
        for axis in dims.indices {
          source = source * chunk[axis] + place[axis]
          target = target * dims[axis] + start[axis] + place[axis]
        }
        let row = UnsafeMutableBufferPointer(rebasing: floats[target..<target + extent[last]])
        format.convert(UnsafeRawBufferPointer(rebasing: data[(source * format.size)...]), into: row)
        var axis = last - 1
        while axis >= 0 {
          place[axis] += 1
          if place[axis] < extent[axis] { break }
          place[axis] = 0
          axis -= 1
        }
        if axis < 0 { return }
      }
    }
  }
}
