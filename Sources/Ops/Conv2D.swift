public import Graphs
public import Tensors

/// Cross-correlation of NHWC images with an HWIO kernel, plus an optional bias, then an activation.
///
/// Inputs: `sources` images of one size that are read as if concatenated along channels, kernel `[kh, kw, in / groups, out]`,
/// optional bias `[out]`. With groups, input and output channels are cut into as many equal runs, joined pairwise.
public struct Conv2D: Op {
  public static let name = "conv2d"

  public var strides: Pair
  public var padding: Padding
  public var dilation: Pair
  public var groups: Int
  public var sources: Int
  public var activation: Activation

  public init(
    strides: Pair = 1, padding: Padding = .valid, dilation: Pair = 1, groups: Int = 1, sources: Int = 1,
    activation: Activation = .linear
  ) {
    (self.strides, self.padding, self.dilation) = (strides, padding, dilation)
    (self.groups, self.sources, self.activation) = (groups, sources, activation)
  }

  public var attributes: String {
    "strides=\(strides) padding=\(padding)" + (dilation == 1 ? "" : " dilation=\(dilation)")
      + (groups == 1 ? "" : " groups=\(groups)") + (sources == 1 ? "" : " sources=\(sources)") + activation.suffix
  }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard (1...Limits.attribute).contains(sources) else { throw ShapeError("cannot read \(sources) images") }
    guard groups >= 1 else { throw ShapeError("cannot have \(groups) groups") }
    try inputs.require(count: sources + 1...sources + 2)
    let image = try joinedImage(inputs)
    let kernel = try inputs.kernel(sources)
    let (expected, overflow) = kernel[2].multipliedReportingOverflow(by: groups)
    guard !overflow, kernel[3] % groups == 0 else {
      throw ShapeError("\(kernel[3]) output channels cannot be cut into \(groups) groups")
    }
    if let channels = image.dims[3], channels != expected {
      throw ShapeError("expects \(expected) input channels for the kernel \(kernel), the input has \(channels)")
    }
    try inputs.vector(sources + 1, "bias", count: kernel[3])
    let size = try slidingSize(
      image, kernel: Pair(kernel[0], kernel[1]), strides: strides, dilation: dilation, padding)
    return [try checkedType([image.dims[0], size.height, size.width, kernel[3]])]
  }

  /// The type of the sources concatenated along channels.
  private func joinedImage(_ inputs: [TensorType]) throws(ShapeError) -> TensorType {
    var joined = try inputs.image(0)
    for index in 1..<max(sources, 1) {
      let next = try inputs.image(index)
      for axis in 0..<3 {
        joined.dims[axis] = try unify(joined.dims[axis], next.dims[axis], "images of different sizes")
      }
      joined.dims[3] = joined.dims[3].flatMap { sum in next.dims[3].map { sum + $0 } }
    }
    return joined
  }
}
