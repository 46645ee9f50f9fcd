package import Graphs
package import Tensors

/// Passes its input on: dropout and other layers that do nothing at inference.
package struct Identity: Op {
  package static let name = "identity"

  package init() {}

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    return inputs
  }
}

extension Identity {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] { [inputs[0]] }

  package func passesOn(_ inputs: [TensorType]) -> Bool { true }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}
