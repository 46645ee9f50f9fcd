/// Which input an output depends on, per spatial axis.
package enum Reach: Sendable, Hashable {
  case local(rows: AxisReach, columns: AxisReach)
  /// Every output depends on the whole input (global pooling, attention, reshapes across rows).
  case global

  /// Output pixel `o` reads input pixel `o` and nothing else.
  package static let pointwise = Reach.local(rows: .identity, columns: .identity)
}

/// Output index `o` reads input indices `floor((o*num + low) / den) ... floor((o*num + high) / den)`, clipped to the input.
///
/// A convolution of stride s, effective kernel k and padding p is `num s, den 1, low -p, high k-1-p`; nearest upsampling by u is
/// `num 1, den u, low 0, high 0`; broadcasting a single row is `num 0, den 1, low 0, high 0`.
///
/// With a `grid` above 1, outputs are computed in groups that begin at its multiples, and each depends on all that its group
/// reads: on what lies beyond its own taps in the last bit only, but bits are what is promised.
package struct AxisReach: Sendable, Hashable {
  package var num: Int, den: Int, low: Int, high: Int
  package var grid: Int

  package init(num: Int = 1, den: Int = 1, low: Int = 0, high: Int = 0, grid: Int = 1) {
    precondition(den > 0 && num >= 0 && low <= high && grid > 0)
    (self.num, self.den, self.low, self.high, self.grid) = (num, den, low, high, grid)
  }

  package static let identity = AxisReach()
  /// One index is read by all outputs.
  package static let broadcast = AxisReach(num: 0)

  /// The input range that a non-empty output range reads, not clipped.
  package func read(by output: Range<Int>) -> Range<Int> {
    precondition(!output.isEmpty)
    let first = floorDivide(output.lowerBound, grid) * grid
    let last = floorDivide(output.upperBound - 1, grid) * grid + grid - 1
    return floorDivide(first * num + low, den)..<(floorDivide(last * num + high, den) + 1)
  }

  /// The input range that a non-empty output range reads, clipped to `0 ..< count`; it may be empty when all of it is padding.
  package func read(by output: Range<Int>, of count: Int) -> Range<Int> {
    read(by: output).clamped(to: 0..<count)
  }
}

extension AxisReach {
  /// How many outputs of `count`, from the first on, read nothing from input index `available` on; all where that is all of the `size`
  /// inputs there are.
  package func outputs(from available: Int, of size: Int, count: Int) -> Int {
    guard available < size else { return count }
    guard num > 0 else { return floorDivide(high, den) < available ? count : 0 }
    let last = floorDivide(available * den - 1 - high, num)
    let whole = floorDivide(last + 1, grid) * grid
    return min(max(whole, 0), count)
  }
}

/// Division rounding towards minus infinity; `divisor` must be positive.
package func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
  let quotient = dividend / divisor
  return dividend % divisor < 0 ? quotient - 1 : quotient
}
