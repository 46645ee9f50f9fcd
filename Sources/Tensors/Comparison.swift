/// How far a float result is from its reference, element by element.
package struct Comparison: Sendable, Hashable {
  /// Number of elements that were compared.
  package let count: Int
  /// The largest absolute error; infinite where one side only is NaN.
  package let maximum: Float
  /// The mean absolute error.
  package let mean: Double
  /// The error that 99.9 % of the elements do not exceed.
  package let percentile999: Float
  /// Where the largest error is: an index for each axis.
  package let worstIndex: [Int]
  /// Elements beyond `atol + rtol * |reference|`, or NaN on one side only.
  package let beyond: Int
  /// The largest absolute value of the reference.
  package let referenceMaximum: Float
  /// For results with at least two channels: pixels whose first largest channel differs although the reference's two largest are
  /// further apart than twice the tolerance.
  package let classFlips: Int

  /// Compares a result with its reference; two NaN count as equal. Both must be float32 tensors of one shape, anything else is a
  /// programmer error.
  ///
  /// An element may be off by `atol`, in its own units, and by `rtol` as a share of the reference's absolute value.
  package init(_ result: Tensor, against reference: Tensor, rtol: Float, atol: Float) {
    precondition(result.shape == reference.shape)
    let (x, y) = (result.floats, reference.floats)
    var errors = [Float](repeating: 0, count: x.count)
    var (worst, worstError, beyond, sum, largest) = (0, Float(-1), 0, 0.0, Float(0))
    for i in x.indices {
      let error = x[i].isNaN && y[i].isNaN || x[i] == y[i] ? 0 : abs(x[i] - y[i])
      let seen = error.isNaN ? Float.infinity : error
      errors[i] = seen
      sum += Double(seen)
      if y[i].isFinite { largest = max(largest, abs(y[i])) }
      if seen > worstError { (worst, worstError) = (i, seen) }
      if seen > 0, !(seen.isFinite && seen <= atol + rtol * abs(y[i])) { beyond += 1 }
    }
    count = x.count
    self.beyond = beyond
    maximum = max(worstError, 0)
    mean = x.isEmpty ? 0 : sum / Double(x.count)
    referenceMaximum = largest
    errors.sort()
    percentile999 = errors.isEmpty ? 0 : errors[min(errors.count - 1, errors.count * 999 / 1000)]
    worstIndex = zip(result.shape.strides, result.shape.dims).map { worst / max($0, 1) % max($1, 1) }
    classFlips = Comparison.flips(x, y, channels: result.shape.dims.last ?? 1, tolerance: 2 * (atol + rtol * largest))
  }

  private static func flips(_ x: [Float], _ y: [Float], channels: Int, tolerance: Float) -> Int {
    guard channels > 1 else { return 0 }
    var count = 0
    for pixel in 0..<x.count / channels {
      let range = pixel * channels..<(pixel + 1) * channels
      func first(_ v: [Float]) -> Int { range.reduce(range.lowerBound) { v[$1] > v[$0] ? $1 : $0 } }
      let (a, b) = (first(x), first(y))
      if a != b && y[b] - y[a] > tolerance { count += 1 }
    }
    return count
  }
}
