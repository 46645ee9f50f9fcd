public import Graphs
public import Tensors

/// `(x - mean) * gamma / sqrt(variance + epsilon) + beta` along the last axis, then an activation.
///
/// Inputs: x `[..., C]`, gamma, beta, mean, variance (each `[C]`).
public struct BatchNorm: Op {
  public static let name = "batch_norm"

  public var epsilon: Float
  public var activation: Activation

  public init(epsilon: Float, activation: Activation = .linear) {
    (self.epsilon, self.activation) = (epsilon, activation)
  }

  public var attributes: String { "epsilon=\(epsilon)" + activation.suffix }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
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
