public import Graphs
public import Tensors

/// A convolution in which every input channel has its own `multiplier` kernels; output channel `c * multiplier + q`.
///
/// Inputs: image, kernel `[kh, kw, in, multiplier]`, optional bias `[in * multiplier]`.
public struct DepthwiseConv2D: Op {
  public static let name = "depthwise_conv2d"

  public var strides: Pair
  public var padding: Padding
  public var dilation: Pair
  public var activation: Activation

  public init(
    strides: Pair = 1, padding: Padding = .valid, dilation: Pair = 1, activation: Activation = .linear
  ) {
    (self.strides, self.padding, self.dilation, self.activation) = (strides, padding, dilation, activation)
  }

  public var attributes: String {
    "strides=\(strides) padding=\(padding)" + (dilation == 1 ? "" : " dilation=\(dilation)") + activation.suffix
  }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
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
