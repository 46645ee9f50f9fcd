package import Graphs
package import Tensors

/// Normalisation of each vector along the last axis by its own mean and variance: `(x - mean) / sqrt(variance + epsilon) * gamma +
/// beta`. Of kind `rootMeanSquare` the mean counts as 0 (Zhang and Sennrich 2019, arXiv 1910.07467).
///
/// Inputs: x `[..., C]`, gamma and beta (each `[C]`).
package struct LayerNorm: Op {
  package enum Kind: String, Sendable, Hashable, CaseIterable { case standard, rootMeanSquare }

  package static let name = "layer_norm"

  package var kind: Kind
  package var epsilon: Float

  package init(kind: Kind = .standard, epsilon: Float) { (self.kind, self.epsilon) = (kind, epsilon) }

  package var attributes: String { (kind == .standard ? "" : "\(kind.rawValue) ") + "epsilon=\(epsilon)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 3...3)
    let x = try inputs.float(0)
    guard let channels = x.dims.last else { throw ShapeError("the input is a scalar") }
    guard channels != 0 else { throw ShapeError("the input has no channels: \(x)") }
    try inputs.vector(1, "gamma", count: channels)
    try inputs.vector(2, "beta", count: channels ?? inputs[1].dims[0])
    return [try checkedType(x.dims.dropLast() + [channels ?? inputs[1].dims[0] ?? inputs[2].dims[0]])]
  }
}

extension LayerNorm {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, gamma, beta) = (inputs[0].floats, inputs[1].floats, inputs[2].floats)
    let channels = gamma.count
    var out: [Float] = []
    out.reserveCapacity(x.count)
    for start in stride(from: 0, to: x.count, by: max(channels, 1)) {
      let vector = x[start..<start + channels].map(Double.init)
      let mean = kind == .standard ? vector.reduce(0, +) / Double(channels) : 0
      let variance = vector.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(channels)
      let factor = 1 / (variance + Double(epsilon)).squareRoot()
      for c in 0..<channels { out.append(Float((vector[c] - mean) * factor * Double(gamma[c]) + Double(beta[c]))) }
    }
    return [Tensor(inputs[0].shape, out)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: inputs.count) }
}
