public import Graphs

/// Resampling along one axis, from `input` to `output` elements, by the half-pixel rule in exact integer arithmetic.
public struct ResizeAxis: Sendable, Hashable {
  public var input: Int, output: Int

  public init(input: Int, output: Int) { (self.input, self.output) = (input, output) }

  /// `floor((i + 0.5) * input / output)`.
  public func nearest(_ i: Int) -> Int { (2 * i + 1) * input / (2 * output) }

  /// The taps of output `i`, clamped to the input, and the weight of the upper one.
  public func linear(_ i: Int) -> (lower: Int, upper: Int, weight: Float) {
    let position = (2 * i + 1) * input - output
    let lower = floorDivide(position, 2 * output)
    let remainder = position - lower * 2 * output
    let upper = remainder == 0 ? lower : lower + 1
    let inside = 0...input - 1
    return (
      min(max(lower, inside.lowerBound), inside.upperBound), min(max(upper, inside.lowerBound), inside.upperBound),
      Float(Double(remainder) / Double(2 * output))
    )
  }

  /// Which inputs an output depends on, in lowest terms.
  public func reach(_ method: Resize2D.Method) -> AxisReach {
    switch method {
    case .nearest:
      if output % input == 0 { return AxisReach(den: output / input) }
      if input % output == 0 {
        let factor = input / output
        return AxisReach(num: factor, low: factor / 2, high: factor / 2)
      }
      let common = gcd(input, 2 * output)
      return AxisReach(
        num: 2 * input / common, den: 2 * output / common, low: input / common, high: input / common)
    case .bilinear:
      let common = gcd(2 * input, gcd(2 * output, abs(input - output)))
      let (low, den) = ((input - output) / common, 2 * output / common)
      return AxisReach(num: 2 * input / common, den: den, low: low, high: low + den - 1)
    }
  }
}

private func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
