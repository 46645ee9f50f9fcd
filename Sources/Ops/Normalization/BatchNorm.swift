package import Graphs
package import Tensors

/// `(x - mean) * gamma / sqrt(variance + epsilon) + beta` along the last axis, then an activation.
///
/// Inputs: x `[..., C]`, gamma, beta, mean, variance (each `[C]`).
package struct BatchNorm: Op {
  package static let name = "batch_norm"

  package var epsilon: Float
  package var activation: Activation

  package init(epsilon: Float, activation: Activation = .linear) {
    (self.epsilon, self.activation) = (epsilon, activation)
  }

  package var attributes: String { "epsilon=\(epsilon)" + activation.suffix }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 5...5)
    let x = try inputs.float(0)
    guard let channels = x.dims.last else { throw ShapeError("the input is a scalar") }
    var count = channels
    for (index, what) in zip(1..., ["gamma", "beta", "mean", "variance"]) {
      try inputs.vector(index, what, count: count)
      count = count ?? inputs[index].dims[0]
    }
    return [try checkedType(x.dims.dropLast() + [count])]
  }
}

extension BatchNorm {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let parameters = inputs.dropFirst().map(\.floats)
    let channels = parameters[0].count
    let out = inputs[0].floats.enumerated().map { index, x in
      let p = parameters.map { Double($0[index % channels]) }
      let (gamma, beta, mean, variance) = (p[0], p[1], p[2], p[3])
      let y = (Double(x) - mean) * gamma / (variance + Double(epsilon)).squareRoot() + beta
      return activation.apply(Float(y))
    }
    return [Tensor(inputs[0].shape, out)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: inputs.count) }
}
