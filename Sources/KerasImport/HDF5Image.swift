import CHDF5
import Glibc

/// The bytes of an HDF5 file as libhdf5 and the checks before it read them.
final class HDF5Image {
  let count: Int
  /// True once a read of bytes that should be there failed.
  private(set) var hasFailed = false
  private let source: any ByteSource
  /// The part of the file that was looked at last.
  private var window: [UInt8] = []
  private var windowStart = 0
  private static let windowBytes = 1 << 14

  init(_ source: any ByteSource) { (self.source, count) = (source, source.count) }

  /// Where the HDF5 signature stands: at 0, or at a power of two from 512 on.
  static func superblock(_ source: any ByteSource) -> Int? {
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

  func superblock() -> Int? { HDF5Image.superblock(source) }

  /// A little-endian number of at most 8 bytes; nil beyond the end, or above 2^62.
  func number(at place: Int, width: Int) -> Int? {
    guard place >= 0, width <= count, place <= count - width else { return nil }
    if place < windowStart || place + width > windowStart + window.count {
      windowStart = place
      window = [UInt8](unsafeUninitializedCapacity: min(HDF5Image.windowBytes, count - place)) { buffer, filled in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        filled = read(at: place, into: bytes) ? min(HDF5Image.windowBytes, count - place) : 0
      }
      guard window.count >= width else { return nil }
    }
    let first = place - windowStart
    let value = (0..<width).reduce(UInt64(0)) { $0 | UInt64(window[first + $1]) << (8 * UInt64($1)) }
    return value >> 62 == 0 ? Int(value) : nil
  }

  /// The places of a byte string, in order. All bytes are read for it, and held against their checksum.
  func places(of text: [UInt8]) throws(KerasError) -> [Int] {
    var candidates: [Int] = []
    var start = 0
    try source.scan { piece in
      guard let base = piece.baseAddress, let first = text.first else { return }
      var place = 0
      while let found = memchr(base + place, Int32(first), piece.count - place) {
        place = UnsafeRawPointer(found) - base
        // What stands at the end of a piece may go on in the next.
        if memcmp(found, text, min(text.count, piece.count - place)) == 0 { candidates.append(start + place) }
        place += 1
      }
      start += piece.count
    }
    var bytes = [UInt8](repeating: 0, count: text.count)
    return candidates.filter { place in
      bytes.withUnsafeMutableBytes { read(at: place, into: $0) } && bytes == text
    }
  }

  private func read(at place: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard place >= 0, place <= count, buffer.count <= count - place else { return false }
    let isRead = source.read(at: place, into: buffer)
    if !isRead { hasFailed = true }
    return isRead
  }
}

extension HDF5Image {
  /// Opens the bytes as a file of libhdf5, which must be closed before the image goes away; negative when they are none.
  /// Only under the library's lock.
  func open() -> hid_t {
    let source = seg_h5_source(
      context: Unmanaged.passUnretained(self).toOpaque(), size: UInt64(count),
      read: { (context, offset, size, buffer) in
        guard let context, let buffer, let place = Int(exactly: offset) else { return -1 }
        let image = Unmanaged<HDF5Image>.fromOpaque(context).takeUnretainedValue()
        return image.read(at: place, into: UnsafeMutableRawBufferPointer(start: buffer, count: size)) ? 0 : -1
      })
    return seg_h5_open_source(HDF5Library.sourceDriver, source)
  }
}
