package import Graphs
package import Tensors

/// Normalisation of each group of consecutive channels by mean and variance over the group's channels and all positions, per element
/// of the batch: `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, then an activation. With as many groups as channels it is
/// instance normalisation.
///
/// Inputs: x `[N, ..., C]`, gamma and beta (each `[C]`).
package struct GroupNorm: Op {
  package static let name = "group_norm"

  package var groups: Int
  package var epsilon: Float
  package var activation: Activation

  package init(groups: Int, epsilon: Float, activation: Activation = .linear) {
    (self.groups, self.epsilon, self.activation) = (groups, epsilon, activation)
  }

  package var attributes: String { "groups=\(groups) epsilon=\(epsilon)" + activation.suffix }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 3...3)
    let x = try inputs.float(0)
    guard x.rank >= 2, let channels = x.dims[x.rank - 1], channels > 0 else {
      throw ShapeError("the input must have a batch and known channels, gets \(x)")
    }
    guard groups > 0, channels % groups == 0 else {
      throw ShapeError("\(channels) channels do not make \(groups) groups")
    }
    guard !x.dims.dropFirst().contains(0) else { throw ShapeError("the input has no elements: \(x)") }
    try inputs.vector(1, "gamma", count: channels)
    try inputs.vector(2, "beta", count: channels)
    return [x]
  }
}

extension GroupNorm {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, shape, gamma, beta) = (inputs[0].floats, inputs[0].shape, inputs[1].floats, inputs[2].floats)
    let channels = gamma.count, size = channels / groups
    let positions = shape[0] == 0 ? 0 : shape.count / shape[0] / channels
    var out = x
    for n in 0..<shape[0] {
      for group in 0..<groups {
        let places = (0..<positions).flatMap { position in
          (0..<size).map { (n * positions + position) * channels + group * size + $0 }
        }
        let mean = places.reduce(0) { $0 + Double(x[$1]) } / Double(places.count)
        let variance = places.reduce(0) { $0 + (Double(x[$1]) - mean) * (Double(x[$1]) - mean) } / Double(places.count)
        let factor = 1 / (variance + Double(epsilon)).squareRoot()
        for place in places {
          let c = place % channels
          out[place] = activation.apply(
            Float((Double(x[place]) - mean) * factor * Double(gamma[c]) + Double(beta[c])))
        }
      }
    }
    return [Tensor(shape, out)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    isOnePixel(inputs[0]) ? pointwiseReach(count: inputs.count) : globalReach(count: inputs.count)
  }
}
