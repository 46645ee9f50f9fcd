public import Graphs
public import Tensors

/// A convolution whose result is added to an image, then an activation.
///
/// Inputs: those of the convolution, which has no activation of its own, then the image; sizes broadcast as in `Binary`.
public struct ResidualConv2D: Op {
  public static let name = "residual_conv2d"

  public var conv: Conv2D
  public var activation: Activation

  public init(_ conv: Conv2D, activation: Activation = .linear) {
    precondition(conv.activation == .linear)
    (self.conv, self.activation) = (conv, activation)
  }

  public var attributes: String { conv.attributes + activation.suffix }

  /// The addition after the convolution.
  var addition: Binary { Binary(.add, activation: activation) }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard inputs.count >= 2 else { throw ShapeError("takes the inputs of a convolution and an image") }
    return try addition.outputTypes(conv.outputTypes(inputs.dropLast()) + inputs.suffix(1))
  }
}

extension ResidualConv2D {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    addition.evaluate(conv.evaluate(inputs.dropLast()) + inputs.suffix(1))
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let sum = try? conv.outputTypes(inputs.dropLast()), let addend = inputs.last, sum[0] == addend else {
      return globalReach(count: inputs.count)
    }
    return conv.reach(inputs.dropLast()) + [.pointwise]
  }

  public func multiplyAdds(_ inputs: [TensorType]) -> Int { conv.multiplyAdds(inputs.dropLast()) }
}
