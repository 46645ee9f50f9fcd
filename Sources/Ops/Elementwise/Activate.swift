package import Graphs
package import Tensors

/// Applies an elementwise function to a float32 or float64 tensor of any shape.
package struct Activate: Op {
  package static let name = "activate"

  package var activation: Activation

  package init(_ activation: Activation) { self.activation = activation }

  package var attributes: String { activation.description }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    return [inputs[0].dataType == .float64 ? inputs[0] : try inputs.float(0)]
  }
}

extension Activate {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let elements: Tensor.Elements =
      if case .float64(let x) = inputs[0].elements {
        .float64(x.map(activation.apply))
      } else {
        .float32(inputs[0].floats.map(activation.apply))
      }
    return [Tensor(inputs[0].shape, elements)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}
