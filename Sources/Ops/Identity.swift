public import Graphs
public import Tensors

/// Passes its input on: dropout and other layers that do nothing at inference.
public struct Identity: Op {
  public static let name = "identity"

  public init() {}

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    return inputs
  }
}

extension Identity {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] { [inputs[0]] }

  public func passesOn(_ inputs: [TensorType]) -> Bool { true }

  public func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}
