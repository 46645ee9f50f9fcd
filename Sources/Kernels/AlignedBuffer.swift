#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Floats at a 64-byte boundary: packed weights, written once while a step is compiled and read by all threads after.
///
/// `@unchecked Sendable`: nobody writes after the owner has filled it.
public final class AlignedBuffer: @unchecked Sendable {
  public let floats: UnsafeMutableBufferPointer<Float>

  /// `count` zeros. Buffers of huge pages are placed at their boundaries and ask for them.
  public init(count: Int) {
    let hugePage = 1 << 21
    let byteCount = max(count, 1) * MemoryLayout<Float>.stride
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: byteCount >= hugePage ? hugePage : 64)
    #if os(Linux)
      if byteCount >= hugePage { _ = madvise(bytes, byteCount, Int32(MADV_HUGEPAGE)) }
    #endif
    let base = bytes.initializeMemory(as: Float.self, repeating: 0, count: count)
    floats = UnsafeMutableBufferPointer(start: base, count: count)
  }

  deinit { floats.baseAddress?.deallocate() }

  public var base: UnsafeMutablePointer<Float> { floats.baseAddress! }
  public var byteCount: Int { floats.count * MemoryLayout<Float>.stride }
}
