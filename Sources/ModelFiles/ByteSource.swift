import Glibc

/// Bytes that can be read from any place, in any order: a file, a member of an archive, or memory.
package protocol ByteSource: AnyObject {
  var count: Int { get }

  /// Fills a buffer with the bytes from `offset` on; false when they reach beyond the end or cannot be read.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool

  /// Hands out all bytes in order, a piece at a time, and holds them against their checksum where there is one.
  ///
  /// Errors: they cannot be read, or the checksum differs.
  func scan(_ body: (UnsafeRawBufferPointer) -> Void) throws(ImportError)

  /// Reads all bytes and holds them against their checksum where there is one.
  func checkSum() throws(ImportError)
}

extension ByteSource {
  package func checkSum() throws(ImportError) {}

  /// Reads all bytes in order in pieces that stay in a core's cache; false when some cannot be read.
  package func readAll(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: min(max(count, 1), 1 << 18), alignment: 64)
    defer { piece.deallocate() }
    var offset = 0
    while offset < count {
      let part = UnsafeMutableRawBufferPointer(rebasing: piece[..<min(piece.count, count - offset)])
      guard read(at: offset, into: part) else { return false }
      body(UnsafeRawBufferPointer(part))
      offset += part.count
    }
    return true
  }

  /// At most `limit` bytes from the start; nil when they cannot be read.
  package func prefix(_ limit: Int) -> [UInt8]? {
    let wanted = min(limit, count)
    var isRead = false
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      isRead = read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
      filled = isRead ? wanted : 0
    }
    return isRead ? bytes : nil
  }
}

/// Bytes in memory.
package final class MemoryBytes: ByteSource {
  package let bytes: UnsafeRawBufferPointer
  private let isOwner: Bool

  /// The bytes must stay where they are for as long as the source lives.
  package init(unowned bytes: UnsafeRawBufferPointer) { (self.bytes, isOwner) = (bytes, false) }

  /// Memory that `fill` writes; nil when it fails.
  package init?(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Bool) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    (bytes, isOwner) = (UnsafeRawBufferPointer(memory), true)
    guard fill(memory) else { return nil }
  }

  deinit { if isOwner { bytes.deallocate() } }

  package var count: Int { bytes.count }

  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard offset >= 0, offset <= count, buffer.count <= count - offset else { return false }
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + buffer.count]))
    return true
  }

  package func scan(_ body: (UnsafeRawBufferPointer) -> Void) { body(bytes) }
}
