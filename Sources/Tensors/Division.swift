extension Int {
  /// The quotient, rounded up; 0 or less for a negative dividend. The divisor is positive.
  @inlinable package func dividedUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }

  /// The next multiple of a positive number that is no smaller; of a negative one, a multiple that is 0 or less.
  @inlinable package func roundedUp(to unit: Int) -> Int { dividedUp(by: unit) * unit }
}
