public import Graphs
public import Tensors

/// Applies an elementwise function to a float32 tensor of any shape.
public struct Activate: Op {
  public static let name = "activate"

  public var activation: Activation

  public init(_ activation: Activation) { self.activation = activation }

  public var attributes: String { activation.description }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    return [try inputs.float(0)]
  }
}

extension Activate {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    [Tensor(inputs[0].shape, inputs[0].floats.map(activation.apply))]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}
