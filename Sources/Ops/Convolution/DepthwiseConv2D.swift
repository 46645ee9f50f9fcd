package import Graphs
package import Tensors

/// A convolution in which every input channel has its own `multiplier` kernels; output channel `c * multiplier + q`.
///
/// Inputs: image, kernel `[kh, kw, in, multiplier]`, optional bias `[in * multiplier]`.
package struct DepthwiseConv2D: Op {
  package static let name = "depthwise_conv2d"

  package var strides: Pair
  package var padding: Padding
  package var dilation: Pair
  package var activation: Activation

  package init(
    strides: Pair = 1, padding: Padding = .valid, dilation: Pair = 1, activation: Activation = .linear
  ) {
    (self.strides, self.padding, self.dilation, self.activation) = (strides, padding, dilation, activation)
  }

  package var attributes: String {
    "strides=\(strides) padding=\(padding)" + (dilation == 1 ? "" : " dilation=\(dilation)") + activation.suffix
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...3)
    let image = try inputs.image()
    let kernel = try inputs.kernel(1)
    if let channels = image.dims[3], channels != kernel[2] {
      throw ShapeError("expects \(kernel[2]) input channels for the kernel \(kernel), the input has \(channels)")
    }
    try inputs.vector(2, "bias", count: kernel[2] * kernel[3])
    let size = try slidingSize(
      image, kernel: Pair(kernel[0], kernel[1]), strides: strides, dilation: dilation, padding)
    return [try checkedType([image.dims[0], size.height, size.width, kernel[2] * kernel[3]])]
  }
}

extension DepthwiseConv2D {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, w) = (inputs[0].floats, inputs[1].floats)
    let (shape, kernel) = (inputs[0].shape, inputs[1].shape)
    let bias = inputs.count > 2 ? inputs[2].floats : nil
    let (rows, columns) = padding.resolve(
      size: Pair(shape[1], shape[2]), kernel: Pair(kernel[0], kernel[1]), stride: strides, dilation: dilation)
    let result: Shape = [shape[0], rows.output, columns.output, kernel[2] * kernel[3]]
    var out: [Float] = []
    out.reserveCapacity(result.count)
    for n in 0..<result[0] {
      for y in 0..<result[1] {
        for column in 0..<result[2] {
          for channel in 0..<result[3] {
            var sum = bias.map { Double($0[channel]) } ?? 0
            for i in rows.taps(y) {
              let inputRow = n * shape[1] + rows.start(y) + i * dilation.height
              for j in columns.taps(column) {
                let pixel = inputRow * shape[2] + columns.start(column) + j * dilation.width
                let weight = w[(i * kernel[1] + j) * result[3] + channel]
                sum += Double(x[pixel * shape[3] + channel / kernel[3]]) * Double(weight)
              }
            }
            out.append(activation.apply(Float(sum)))
          }
        }
      }
    }
    return [Tensor(result, out)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let size = imageSize(inputs[0]), let kernel = inputs[1].shape else {
      return globalReach(count: inputs.count)
    }
    let windows = padding.resolve(
      size: size, kernel: Pair(kernel[0], kernel[1]), stride: strides, dilation: dilation)
    return imageReach(count: inputs.count, rows: windows.rows.reach, columns: windows.columns.reach)
  }

  package func multiplyAdds(_ inputs: [TensorType]) -> Int {
    guard let kernel = inputs[1].shape, let output = try? outputTypes(inputs)[0].shape else { return 0 }
    return saturatingProduct(output.count, kernel[0], kernel[1])
  }
}
