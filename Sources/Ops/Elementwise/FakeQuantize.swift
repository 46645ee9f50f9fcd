package import Graphs
package import Tensors

/// Floats rounded to the values that integers of a few bits stand for: `(q - zero) * scale`, where q is `x / scale` rounded, halves to the
/// even integer, plus zero, or the nearest of `low ... high`.
///
/// ONNX's QuantizeLinear and DequantizeLinear, one after the other. NaN becomes what the integer 0 stands for.
package struct FakeQuantize: Op {
  package static let name = "fake_quantize"

  package var scale: Float
  package var zero: Int
  package var low: Int, high: Int

  /// Integers must be below 2^16 in magnitude, which floats tell apart also after the product with the scale.
  package init(scale: Float, zero: Int, low: Int, high: Int) {
    precondition(low <= high && max(low.magnitude, high.magnitude, zero.magnitude) < 1 << 16)
    (self.scale, self.zero, self.low, self.high) = (scale, zero, low, high)
  }

  package var attributes: String { "scale=\(scale) zero=\(zero) in \(low)...\(high)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    return [try inputs.float(0)]
  }

  /// The integers less the zero point.
  private var range: ClosedRange<Float> { Float(low - zero)...Float(high - zero) }
  private var ofNaN: Float { Float(min(max(0, low), high) - zero) }
}

extension FakeQuantize {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let result = inputs[0].floats.map { x -> Float in
      let quotient = x / scale
      guard !quotient.isNaN else { return ofNaN * scale }
      return min(max(quotient.rounded(.toNearestOrEven), range.lowerBound), range.upperBound) * scale
    }
    return [Tensor(inputs[0].shape, result)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }

  package func compile(_ site: CompileSite) -> any Step {
    guard site.floatRows(0) != nil else { return evaluatingStep(self, site) }
    let channels = site.output.channels
    return RowStep(
      "fake quantize", [StepInput(0, rows: .identity)], segments: RowSegments(site.output, work: 4), inPlace: [0]
    ) { [self] band, row, segment in
      round(
        band.input(0, row: row, column: segment.lowerBound, channels: channels),
        band.output(row: row, column: segment.lowerBound, channels: channels), count: segment.count * channels)
    }
  }

  /// The ends of the range are whole, so it does not matter whether a quotient is rounded before or after it is clamped; what is clamped
  /// is small enough that the sum with 1.5 * 2^23 rounds it.
  private func round(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int) {
    typealias Lanes = SIMD8<Float>
    let (low, high) = (Lanes(repeating: range.lowerBound), Lanes(repeating: range.upperBound))
    let magic = Lanes(repeating: 0x1.8p23)
    func rounded(_ x: Lanes) -> Lanes {
      let quotient = x / scale
      let clamped = quotient.clamped(lowerBound: low, upperBound: high)
      let known = clamped.replacing(with: ofNaN, where: quotient .!= quotient)
      return (known + magic - magic) * scale
    }
    let (source, target) = (UnsafeRawPointer(x), UnsafeMutableRawPointer(y))
    let whole = count - count % Lanes.scalarCount
    for place in stride(from: 0, to: whole, by: Lanes.scalarCount) {
      let offset = place * MemoryLayout<Float>.stride
      target.storeBytes(
        of: rounded(source.loadUnaligned(fromByteOffset: offset, as: Lanes.self)), toByteOffset: offset, as: Lanes.self)
    }
    for place in whole..<count { y[place] = rounded(Lanes(repeating: x[place]))[0] }
  }
}
