import ModelFiles

/// The bytes of an HDF5 file, by the addresses that stand in it.
///
/// Every range is held against the end of the file before anything is allocated. All that is read beside the elements
/// of datasets counts towards a bound that follows from the size of the file, so that structures which refer to the
/// same bytes over and over end in an error instead of in hours of work.
final class HDF5Bytes {
  let source: any ByteSource
  /// Where addresses count from.
  let start: Int
  let sizes: HDF5Sizes
  private var window: [UInt8] = []
  private var windowStart = 0
  private var budget: Int
  private static let windowBytes = 1 << 13

  init(_ source: any ByteSource, start: Int, sizes: HDF5Sizes) {
    (self.source, self.start, self.sizes) = (source, start, sizes)
    budget = (256 << 20).plus(source.count.multipliedReportingOverflow(by: 64).partialValue) ?? Int.max
  }

  /// Where the `count` bytes at an address lie in the source.
  func place(_ address: UInt64, _ count: Int, site: String) throws(ImportError) -> Int {
    guard let offset = Int(exactly: address), offset <= source.count - start, count >= 0,
      count <= source.count - start - offset
    else { throw ImportError(.malformed, site, "refers to bytes beyond the end of the HDF5 file") }
    return start + offset
  }

  /// Fills a buffer with the bytes from a place in the source on.
  func read(_ place: Int, into buffer: UnsafeMutableRawBufferPointer, site: String) throws(ImportError) {
    guard source.read(at: place, into: buffer) else {
      throw ImportError(.unreadable, site, "ended early or could not be read")
    }
  }

  /// The `count` bytes at an address.
  func cursor(_ address: UInt64, _ count: Int, site: String) throws(ImportError) -> HDF5Cursor {
    let place = try place(address, count, site: site)
    budget -= count + 16
    guard budget >= 0 else { throw ImportError(.limit, site, "refers to the same bytes too often") }
    return HDF5Cursor(try bytes(place, count, site: site), sizes, site: site)
  }

  private func bytes(_ place: Int, _ count: Int, site: String) throws(ImportError) -> [UInt8] {
    guard count <= HDF5Bytes.windowBytes else { return try load(place, count, site: site) }
    if place < windowStart || place - windowStart + count > window.count {
      window = try load(place, min(HDF5Bytes.windowBytes, source.count - place), site: site)
      windowStart = place
    }
    return Array(window[place - windowStart..<place - windowStart + count])
  }

  private func load(_ place: Int, _ count: Int, site: String) throws(ImportError) -> [UInt8] {
    var isRead = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      isRead = source.read(
        at: place, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      filled = isRead ? count : 0
    }
    guard isRead else { throw ImportError(.unreadable, site, "ended early or could not be read") }
    return bytes
  }

  /// A structure that begins with a signature of four letters; the cursor stands behind it.
  func structure(
    _ signature: String, _ address: UInt64, _ count: Int, isSummed: Bool = false, site: String
  ) throws(ImportError) -> HDF5Cursor {
    var whole = try cursor(address, count, site: site)
    guard count >= 4, try whole.take(4).elementsEqual(signature.utf8) else {
      throw ImportError(.malformed, site, "has no \(signature) where it should be")
    }
    guard isSummed else { return whole }
    guard count >= 8 else { throw whole.damaged("is cut short") }
    var body = try whole.part(count - 8)
    let sum = lookup3(signature.utf8 + Array(body.rest))
    guard try whole.number(4) == UInt64(sum) else {
      throw ImportError(.malformed, site, "has a \(signature) whose checksum differs")
    }
    return try body.part(body.remaining)
  }

  /// Text that ends in a zero, at most `limit` bytes.
  func text(_ address: UInt64, limit: Int, site: String) throws(ImportError) -> String {
    var letters: [UInt8] = []
    var address = address
    while letters.count < limit {
      let (available, beyond) = UInt64(source.count - start).subtractingReportingOverflow(address)
      guard !beyond, available > 0 else { break }
      let count = min(64, limit - letters.count, Int(clamping: available))
      let piece = try cursor(address, count, site: site).rest
      if let end = piece.firstIndex(of: 0) { return String(decoding: letters + piece[..<end], as: UTF8.self) }
      letters += piece
      address += UInt64(count)
    }
    throw ImportError(.malformed, site, "has a name without an end")
  }
}
