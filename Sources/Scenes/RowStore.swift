/// Rows of floats in a ring: row y lies in slot `y % capacity` until row `y + capacity` takes its place.
struct RowStore: ~Copyable {
  private let base: UnsafeMutablePointer<Float>
  private let capacity: Int
  /// Floats per row.
  let stride: Int

  /// All rows start as zeros.
  init(capacity: Int, stride: Int) {
    base = .allocate(capacity: capacity * stride)
    base.initialize(repeating: 0, count: capacity * stride)
    (self.capacity, self.stride) = (capacity, stride)
  }

  deinit { base.deallocate() }

  /// The first float of row `y`, at least 0; valid as long as the store lives.
  func row(_ y: Int) -> UnsafeMutablePointer<Float> { base + y % capacity * stride }
}
