/// A number of 16 bits: the sign, the exponent and the 7 highest bits of the fraction of a float32.
@usableFromInline package struct BFloat16: Sendable, Hashable {
  @usableFromInline package var bitPattern: UInt16

  @inlinable package init(bitPattern: UInt16) { self.bitPattern = bitPattern }
}

extension Float {
  /// The same number.
  @inlinable package init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}
