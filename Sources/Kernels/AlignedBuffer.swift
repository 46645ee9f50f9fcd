/// Floats at a 64-byte boundary: packed weights, written once while a step is compiled and read by all threads after.
///
/// `@unchecked Sendable`: nobody writes after the owner has filled it.
public final class AlignedBuffer: @unchecked Sendable {
  public let floats: UnsafeMutableBufferPointer<Float>

  /// `count` zeros.
  public init(count: Int) {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    let base = bytes.initializeMemory(as: Float.self, repeating: 0, count: count)
    floats = UnsafeMutableBufferPointer(start: base, count: count)
  }

  deinit { floats.baseAddress?.deallocate() }

  public var base: UnsafeMutablePointer<Float> { floats.baseAddress! }
  public var byteCount: Int { floats.count * MemoryLayout<Float>.stride }
}
