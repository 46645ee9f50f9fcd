package import Graphs
package import Tensors

/// Cross-correlation of NHWC images with an HWIO kernel, plus an optional bias, then an activation.
///
/// `algorithm` says how the sums are ordered, which shows in the last bits and in which inputs those depend on.
///
/// Inputs: `sources` images of one size that are read as if concatenated along channels, kernel `[kh, kw, in / groups, out]`,
/// optional bias `[out]`. With groups, input and output channels are cut into as many equal runs, joined pairwise.
package struct Conv2D: Op {
  package static let name = "conv2d"

  package var strides: Pair
  package var padding: Padding
  package var dilation: Pair
  package var groups: Int
  package var sources: Int
  package var activation: Activation
  package var algorithm: ConvolutionAlgorithm

  package init(
    strides: Pair = 1, padding: Padding = .valid, dilation: Pair = 1, groups: Int = 1, sources: Int = 1,
    activation: Activation = .linear, algorithm: ConvolutionAlgorithm = .direct
  ) {
    (self.strides, self.padding, self.dilation) = (strides, padding, dilation)
    (self.groups, self.sources, self.activation, self.algorithm) = (groups, sources, activation, algorithm)
  }

  package var attributes: String {
    "strides=\(strides) padding=\(padding)" + (dilation == 1 ? "" : " dilation=\(dilation)")
      + (groups == 1 ? "" : " groups=\(groups)") + (sources == 1 ? "" : " sources=\(sources)") + activation.suffix
      + algorithm.suffix
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
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

  /// Output pixels along each axis after which the tiles of the algorithm begin again.
  var grid: Pair {
    algorithm == .direct ? 1 : Pair(algorithm.tile * dilation.height, algorithm.tile * dilation.width)
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

extension Conv2D {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let image = sources == 1 ? inputs[0] : Concat(axis: 3).evaluate(Array(inputs[..<sources]))[0]
    let (x, w) = (image.floats, inputs[sources].floats)
    let (shape, kernel) = (image.shape, inputs[sources].shape)
    let bias = inputs.count > sources + 1 ? inputs[sources + 1].floats : nil
    let (rows, columns) = padding.resolve(
      size: Pair(shape[1], shape[2]), kernel: Pair(kernel[0], kernel[1]), stride: strides, dilation: dilation)
    let result: Shape = [shape[0], rows.output, columns.output, kernel[3]]
    var out: [Float] = []
    out.reserveCapacity(result.count)
    for n in 0..<result[0] {
      for y in 0..<result[1] {
        for column in 0..<result[2] {
          for channel in 0..<result[3] {
            let firstInput = channel / (kernel[3] / groups) * kernel[2]
            var sum = bias.map { Double($0[channel]) } ?? 0
            for i in rows.taps(y) {
              let inputRow = n * shape[1] + rows.start(y) + i * dilation.height
              for j in columns.taps(column) {
                let pixel = inputRow * shape[2] + columns.start(column) + j * dilation.width
                for c in 0..<kernel[2] {
                  let weight = w[((i * kernel[1] + j) * kernel[2] + c) * kernel[3] + channel]
                  sum += Double(x[pixel * shape[3] + firstInput + c]) * Double(weight)
                }
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
    guard let size = imageSize(inputs[0]), let kernel = inputs[sources].shape else {
      return globalReach(count: inputs.count)
    }
    let windows = padding.resolve(
      size: size, kernel: Pair(kernel[0], kernel[1]), stride: strides, dilation: dilation)
    var (rows, columns) = (windows.rows.reach, windows.columns.reach)
    (rows.grid, columns.grid) = (grid.height, grid.width)
    return imageReach(count: inputs.count, images: sources, rows: rows, columns: columns)
  }

  package func multiplyAdds(_ inputs: [TensorType]) -> Int {
    guard let kernel = inputs[sources].shape, let output = try? outputTypes(inputs)[0].shape else { return 0 }
    return saturatingProduct(output.count, kernel[0], kernel[1], kernel[2])
  }
}
