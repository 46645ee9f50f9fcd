package import Graphs
package import Tensors

/// The 8-bit floating-point formats of ONNX. Source: ONNX, "Float stored in 8 bits"; Micikevicius et al. 2022, arXiv
/// 2209.05433, and, of those without a negative zero, Noune et al. 2022, arXiv 2206.02915.
package enum Float8Format: String, Sendable, Hashable, CaseIterable {
  case e4m3fn, e4m3fnuz, e5m2, e5m2fnuz

  private var fractionBits: Int { self == .e4m3fn || self == .e4m3fnuz ? 3 : 2 }

  private var bias: Int {
    switch self {
    case .e4m3fn: 7
    case .e4m3fnuz: 8
    case .e5m2: 15
    case .e5m2fnuz: 16
    }
  }

  private var largest: Float {
    switch self {
    case .e4m3fn: 448
    case .e4m3fnuz: 240
    case .e5m2, .e5m2fnuz: 57344
    }
  }

  /// False where the bits of a negative zero mean NaN.
  private var hasNegativeZero: Bool { self == .e4m3fn || self == .e5m2 }

  /// The value of the bits of a number.
  package func value(of bits: UInt8) -> Float {
    if !hasNegativeZero, bits == 0x80 { return .nan }
    if self == .e4m3fn, bits & 0x7F == 0x7F { return .nan }
    let fraction = Int(bits) & (1 << fractionBits - 1)
    let exponent = Int(bits & 0x7F) >> fractionBits
    if self == .e5m2, exponent == 31 { return fraction > 0 ? .nan : bits < 0x80 ? .infinity : -.infinity }
    let whole = exponent == 0 ? fraction : fraction + 1 << fractionBits
    let scale = Float(sign: .plus, exponent: max(exponent, 1) - bias - fractionBits, significand: 1)
    let magnitude = Float(whole) * scale
    return bits < 0x80 ? magnitude : -magnitude
  }

  /// The nearest value of the format, of two equally near the even one.
  /// - Parameter saturates: what is too large becomes the largest value, else infinity, or NaN where there is none
  package func rounded(_ x: Float, saturates: Bool) -> Float {
    if x.isNaN { return .nan }
    let beyond = saturates ? largest : self == .e5m2 ? Float.infinity : .nan
    var magnitude = x.magnitude
    if magnitude.isFinite {
      let exponent = max(magnitude == 0 ? 1 - bias : Int(magnitude.exponent), 1 - bias)
      let quantum = Float(sign: .plus, exponent: exponent - fractionBits, significand: 1)
      magnitude = (magnitude / quantum).rounded(.toNearestOrEven) * quantum
    }
    if magnitude > largest { magnitude = beyond }
    if magnitude == 0, !hasNegativeZero { return 0 }
    return x.sign == .minus ? -magnitude : magnitude
  }
}

/// Floats rounded to values that 8 bits can hold; they stay float32.
package struct RoundToFloat8: Op {
  package static let name = "roundToFloat8"

  package var format: Float8Format
  /// What is too large becomes the largest value.
  package var saturates: Bool

  package init(_ format: Float8Format, saturates: Bool) { (self.format, self.saturates) = (format, saturates) }

  package var attributes: String { format.rawValue + (saturates ? " saturate" : "") }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    return [try inputs.float(0)]
  }
}

extension RoundToFloat8 {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    [Tensor(inputs[0].shape, inputs[0].floats.map { format.rounded($0, saturates: saturates) })]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}
