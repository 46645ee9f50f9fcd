public import Graphs
public import Tensors

/// Applies an elementwise function to a float32 or float64 tensor of any shape.
public struct Activate: Op {
  public static let name = "activate"

  public var activation: Activation

  public init(_ activation: Activation) { self.activation = activation }

  public var attributes: String { activation.description }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    return [inputs[0].dataType == .float64 ? inputs[0] : try inputs.float(0)]
  }
}

extension Activate {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let elements: Tensor.Elements =
      if case .float64(let x) = inputs[0].elements {
        .float64(x.map(activation.apply))
      } else {
        .float32(inputs[0].floats.map(activation.apply))
      }
    return [Tensor(inputs[0].shape, elements)]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}
