/// Which input an output depends on, per spatial axis.
public enum Reach: Sendable, Hashable {
  case local(rows: AxisReach, columns: AxisReach)
  /// Every output depends on the whole input (global pooling, attention, reshapes across rows).
  case global

  /// Output pixel `o` reads input pixel `o` and nothing else.
  public static let pointwise = Reach.local(rows: .identity, columns: .identity)
}

/// Output index `o` reads input indices `floor((o*num + low) / den) ... floor((o*num + high) / den)`, clipped to the input.
///
/// A convolution of stride s, effective kernel k and padding p is `num s, den 1, low -p, high k-1-p`; nearest upsampling by u is
/// `num 1, den u, low 0, high 0`; broadcasting a single row is `num 0, den 1, low 0, high 0`.
public struct AxisReach: Sendable, Hashable {
  public var num: Int, den: Int, low: Int, high: Int

  public init(num: Int = 1, den: Int = 1, low: Int = 0, high: Int = 0) {
    precondition(den > 0 && num >= 0 && low <= high)
    (self.num, self.den, self.low, self.high) = (num, den, low, high)
  }

  public static let identity = AxisReach()
  /// One index is read by all outputs.
  public static let broadcast = AxisReach(num: 0)

  /// The input range that a non-empty output range reads, not clipped.
  public func read(by output: Range<Int>) -> Range<Int> {
    precondition(!output.isEmpty)
    return floorDivide(
      output.lowerBound * num + low, den)..<(floorDivide((output.upperBound - 1) * num + high, den) + 1)
  }

  /// The input range that a non-empty output range reads, clipped to `0 ..< count`; it may be empty when all of it is padding.
  public func read(by output: Range<Int>, of count: Int) -> Range<Int> {
    read(by: output).clamped(to: 0..<count)
  }
}

/// Division rounding towards minus infinity; `divisor` must be positive.
public func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
  let quotient = dividend / divisor
  return dividend % divisor < 0 ? quotient - 1 : quotient
}
