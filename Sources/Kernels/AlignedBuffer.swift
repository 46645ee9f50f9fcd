#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Floats at a 64-byte boundary: packed weights, written once and read by all threads after.
///
/// `@unchecked Sendable`: nobody writes after the owner has filled it.
package final class AlignedBuffer: @unchecked Sendable {
  package let floats: UnsafeMutableBufferPointer<Float>
  private let allocation: UnsafeMutableRawPointer
  /// Bytes that were mapped; 0 for memory from the heap.
  private let mapped: Int

  /// `count` zeros. A buffer of a huge page or more begins at the boundary of one, asks for them, and takes physical memory only as
  /// it is written.
  package init(count: Int) {
    let hugePage = 1 << 21
    let byteCount = max(count, 1) * MemoryLayout<Float>.stride
    let bytes: UnsafeMutableRawPointer
    if byteCount >= hugePage, let mapping = AlignedBuffer.map(byteCount + hugePage) {
      (allocation, mapped) = (mapping, byteCount + hugePage)
      bytes = mapping.alignedUp(toMultipleOf: hugePage)
      #if os(Linux)
        // What does not fill a huge page would take a whole one.
        let whole = byteCount / hugePage * hugePage
        _ = madvise(bytes, whole, Int32(MADV_HUGEPAGE))
        _ = madvise(bytes + whole, hugePage, Int32(MADV_NOHUGEPAGE))
      #endif
    } else {
      bytes = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
      (allocation, mapped) = (bytes, 0)
      bytes.initializeMemory(as: Float.self, repeating: 0, count: count)
    }
    floats = UnsafeMutableBufferPointer(start: bytes.bindMemory(to: Float.self, capacity: count), count: count)
  }

  private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let mapping = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    return mapping == MAP_FAILED ? nil : mapping
  }

  deinit {
    if mapped > 0 { munmap(allocation, mapped) } else { allocation.deallocate() }
  }

  package var base: UnsafeMutablePointer<Float> { floats.baseAddress! }
  package var byteCount: Int { floats.count * MemoryLayout<Float>.stride }
}
