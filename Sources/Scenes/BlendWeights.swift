#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How much a window's result counts, from its middle to its sides.
package enum BlendKernel: Sendable, Hashable, CaseIterable {
  /// The same everywhere: the average of all windows, or the choice of one where cores are disjoint.
  case constant
  /// `sin²(π (i + ½) / n)`: positive at every pixel, and summing to 1 at 50 % overlap.
  case hann

  /// The weights of a span's core along one axis of a scene of `size` pixels, all above 0 and at most 1.
  ///
  /// A half of the window that reaches the scene's border does not taper: no neighbour would make up for it.
  package func weights(for span: AxisSpan, size: Int) -> [Float] {
    switch self {
    case .constant: [Float](repeating: 1, count: span.core.count)
    case .hann: span.core.map { hann($0, in: span.read, size: size) }
    }
  }

  private func hann(_ x: Int, in window: Range<Int>, size: Int) -> Float {
    let (i, n) = (x - window.lowerBound, window.count)
    let isLeading = 2 * i + 1 < n
    let touchesBorder = isLeading ? window.lowerBound <= 0 : window.upperBound >= size
    if touchesBorder { return 1 }
    let root = sin(Double.pi * (Double(i) + 0.5) / Double(n))
    return Float(root * root)
  }
}
