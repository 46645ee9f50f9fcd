package import Graphs
package import Tensors

/// A matrix product along the last axis, plus an optional bias, then an activation.
///
/// Inputs: x `[..., in]`, kernel `[in, out]`, optional bias `[out]`. On an image this is a convolution with a 1x1 kernel.
package struct Dense: Op {
  package static let name = "dense"

  package var activation: Activation

  package init(activation: Activation = .linear) { self.activation = activation }

  package var attributes: String { activation == .linear ? "" : "activation=\(activation)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...3)
    let x = try inputs.float(0)
    let kernel = try inputs.float(1, "kernel", rank: 2)
    guard let last = x.dims.last else { throw ShapeError("the input is a scalar") }
    if let last, let expected = kernel.dims[0], last != expected {
      throw ShapeError("expects \(expected) input channels for the kernel \(kernel), the input has \(last)")
    }
    try inputs.vector(2, "bias", count: kernel.dims[1])
    return [try checkedType(x.dims.dropLast() + [kernel.dims[1]])]
  }
}

extension Dense {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, w, kernel) = (inputs[0].floats, inputs[1].floats, inputs[1].shape)
    let bias = inputs.count > 2 ? inputs[2].floats : nil
    let result = Shape(inputs[0].shape.dims.dropLast() + [kernel[1]])
    let out = (0..<result.count).map { index in
      let (pixel, channel) = (index / kernel[1], index % kernel[1])
      var sum = bias.map { Double($0[channel]) } ?? 0
      for c in 0..<kernel[0] { sum += Double(x[pixel * kernel[0] + c]) * Double(w[c * kernel[1] + channel]) }
      return activation.apply(Float(sum))
    }
    return [Tensor(result, out)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: inputs.count) }

  package func multiplyAdds(_ inputs: [TensorType]) -> Int {
    guard let x = inputs[0].shape, let kernel = inputs[1].shape else { return 0 }
    return saturatingProduct(x.count, kernel[1])
  }
}
