import ModelFiles

/// A member that lies in its archive as it is: readable from any place.
///
/// What is read in larger pieces is summed up on the way, while it is in cache; `checkSum` reads the rest.
final class StoredMember: ByteSource {
  let count: Int
  private let archive: any ByteSource
  private let start: Int
  private let name: String
  private let sum: CRC32
  /// Ranges whose sums are known, apart from each other, in order.
  private var known: [(range: Range<Int>, sum: CRC32)] = []
  /// Reads of fewer bytes are not worth an entry.
  private static let least = 1 << 14
  private static let piece = 1 << 18

  /// - Parameters:
  ///   - range: where the member lies in the archive, within its bounds
  ///   - sum: what the archive says
  init(_ archive: any ByteSource, _ range: Range<Int>, name: String, sum: CRC32) {
    (self.archive, start, count) = (archive, range.lowerBound, range.count)
    (self.name, self.sum) = (name, sum)
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard offset >= 0, offset <= count, buffer.count <= count - offset else { return false }
    let range = offset..<offset + buffer.count
    let place = known.firstIndex { $0.range.upperBound > offset } ?? known.count
    let isNew = place == known.count || known[place].range.lowerBound >= range.upperBound
    guard buffer.count >= StoredMember.least, isNew else { return archive.read(at: start + offset, into: buffer) }
    guard let sum = summed(at: offset, into: buffer) else { return false }
    known.insert((range, sum), at: place)
    return true
  }

  /// Fills a buffer and returns the sum of its bytes; nil when they cannot be read.
  private func summed(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> CRC32? {
    var sum = CRC32()
    for first in stride(from: 0, to: buffer.count, by: StoredMember.piece) {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer[first..<min(first + StoredMember.piece, buffer.count)])
      guard archive.read(at: start + offset + first, into: part) else { return nil }
      sum.add(UnsafeRawBufferPointer(part))
    }
    return sum
  }

  func scan(_ body: (UnsafeRawBufferPointer) -> Void) throws(ImportError) {
    var sum = CRC32()
    try pieces(0..<count) { part in
      sum.add(part)
      body(part)
    }
    try compare(sum)
  }

  func checkSum() throws(ImportError) {
    var whole = CRC32()
    var end = 0
    for (range, sum) in known {
      try pieces(end..<range.lowerBound) { whole.add($0) }
      whole.add(sum, count: range.count)
      end = range.upperBound
    }
    try pieces(end..<count) { whole.add($0) }
    try compare(whole)
  }

  private func pieces(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Void) throws(ImportError) {
    if range.isEmpty { return }
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(range.count, StoredMember.piece), alignment: 64)
    defer { buffer.deallocate() }
    for first in stride(from: range.lowerBound, to: range.upperBound, by: StoredMember.piece) {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer[..<min(StoredMember.piece, range.upperBound - first)])
      guard archive.read(at: start + first, into: part) else {
        throw ImportError(.unreadable, name, "ended early or could not be read")
      }
      body(UnsafeRawBufferPointer(part))
    }
  }

  private func compare(_ found: CRC32) throws(ImportError) {
    guard found == sum else {
      throw ImportError(.malformed, name, "does not unpack to what the archive declares (size or checksum)")
    }
  }
}
