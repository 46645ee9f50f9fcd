package import Graphs
package import Tensors

/// A convolution whose result is added to an image, then an activation.
///
/// Inputs: those of the convolution, which has no activation of its own, then the image; sizes broadcast as in `Binary`.
package struct ResidualConv2D: Op {
  package static let name = "residual_conv2d"

  package var conv: Conv2D
  package var activation: Activation

  package init(_ conv: Conv2D, activation: Activation = .linear) {
    precondition(conv.activation == .linear)
    (self.conv, self.activation) = (conv, activation)
  }

  package var attributes: String { conv.attributes + activation.suffix }

  /// The addition after the convolution.
  var addition: Binary { Binary(.add, activation: activation) }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard inputs.count >= 2 else { throw ShapeError("takes the inputs of a convolution and an image") }
    return try addition.outputTypes(conv.outputTypes(inputs.dropLast()) + inputs.suffix(1))
  }
}

extension ResidualConv2D {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    addition.evaluate(conv.evaluate(inputs.dropLast()) + inputs.suffix(1))
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let sum = try? conv.outputTypes(inputs.dropLast()), let addend = inputs.last, sum[0] == addend else {
      return globalReach(count: inputs.count)
    }
    return conv.reach(inputs.dropLast()) + [.pointwise]
  }

  package func multiplyAdds(_ inputs: [TensorType]) -> Int { conv.multiplyAdds(inputs.dropLast()) }
}
