import Glibc

extension [Float] {
  /// An array of `count` elements, every one of which `fill` must write. Large arrays lie on huge pages where the system
  /// gives them.
  package init(count: Int, fill: (UnsafeMutableBufferPointer<Float>) -> Void) {
    self.init(unsafeUninitializedCapacity: count) { buffer, filled in
      let elements = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      adviseHugePages(UnsafeMutableRawBufferPointer(elements))
      fill(elements)
      filled = count
    }
  }

  /// True when no element is NaN or infinite.
  package var areFinite: Bool {
    // The largest magnitude as a bit pattern: those of infinities and NaN are above all others.
    let largest = withUnsafeBufferPointer { elements in
      elements.reduce(Int32(0)) { Swift.max($0, Int32(bitPattern: $1.bitPattern & 0x7FFF_FFFF)) }
    }
    return largest < Int32(bitPattern: Float.infinity.bitPattern)
  }
}

/// Asks for huge pages for the whole ones that lie within a buffer: fewer page faults when it is first written.
private func adviseHugePages(_ buffer: UnsafeMutableRawBufferPointer) {
  let page = 1 << 21
  guard buffer.count >= 2 * page, let base = buffer.baseAddress else { return }
  let start = base.alignedUp(toMultipleOf: page)
  let count = (base + buffer.count - start) / page * page
  // Where the advice is not known, ordinary pages serve as well.
  _ = madvise(start, count, Int32(MADV_HUGEPAGE))
}
