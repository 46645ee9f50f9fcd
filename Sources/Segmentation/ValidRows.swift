/// The validity flags of the rows that were read and not yet written.
struct ValidRows {
  private let width: Int
  private var rows: [[UInt8]] = []
  /// Scene row of `rows[0]`.
  private var first = 0

  init(width: Int) { self.width = width }

  /// Room for the flags of row y; rows come in order, and row 0 starts anew. The pointer is good until the next call.
  mutating func add(_ y: Int) -> UnsafeMutablePointer<UInt8> {
    if y == 0 { (rows, first) = ([], 0) }
    precondition(y == first + rows.count)
    rows.append([UInt8](repeating: 1, count: width))
    return rows[rows.count - 1].withUnsafeMutableBufferPointer { $0.baseAddress! }
  }

  /// The flags of row y, and forgets those above it. The pointer is good until the next call.
  mutating func row(_ y: Int) -> UnsafePointer<UInt8> {
    if y > first {
      rows.removeFirst(y - first)
      first = y
    }
    return rows[0].withUnsafeBufferPointer { $0.baseAddress! }
  }
}
