package import Graphs
package import Tensors

/// The rest of a convolution with stride 1 and `same` padding over an upsampled image, when its taps have been multiplied before
/// the upsampling: both are linear, so each tap's product may be upsampled instead.
///
/// Inputs: for each tap, row-major, the image times the kernel's matrix of that tap, `[1, h, w, taps * out]`; optional addend
/// `[1, H, W, out]`. The result is the sum over taps of the upsampled products, shifted by the tap, zero outside, plus the addend, then
/// an activation.
package struct UpsampledTaps: Op {
  package static let name = "upsampled_taps"

  /// The upsampling by whole factors.
  package var method: ResizeRule.Method
  package var scale: Pair
  /// Rows and columns of the kernel.
  package var kernel: Pair
  package var activation: Activation

  package init(method: ResizeRule.Method, scale: Pair, kernel: Pair, activation: Activation = .linear) {
    (self.method, self.scale, self.kernel, self.activation) = (method, scale, kernel, activation)
  }

  package var attributes: String { "\(method.rawValue) scale=\(scale) kernel=\(kernel)" + activation.suffix }

  var resize: Resize { Resize(method: method, target: .scale(scale)) }

  /// Taps above and left of the pixel that an output stands over.
  var before: Pair { Pair((kernel.height - 1) / 2, (kernel.width - 1) / 2) }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...2)
    try kernel.check("kernel", in: 1...Limits.attribute)
    var result = try resize.outputTypes([try inputs.image()])[0]
    let taps = kernel.height.multipliedReportingOverflow(by: kernel.width)
    guard let products = result.dims[3], !taps.overflow, products % taps.partialValue == 0 else {
      throw ShapeError("\(result) has not a product for each of \(kernel) taps")
    }
    result.dims[3] = products / taps.partialValue
    guard inputs.count > 1 else { return [result] }
    let addend = try inputs.image(1)
    for axis in 0..<4 {
      result.dims[axis] = try unify(result.dims[axis], addend.dims[axis], "an addend of another size")
    }
    return [result]
  }
}

extension UpsampledTaps {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let products = resize.evaluate([inputs[0]])[0], (x, shape) = (products.floats, products.shape)
    let addend = inputs.count > 1 ? inputs[1].floats : nil
    let channels = shape[3] / (kernel.height * kernel.width)
    let result: Shape = [shape[0], shape[1], shape[2], channels]
    let out = (0..<result.count).map { index in
      let (channel, pixel) = (index % channels, index / channels)
      let (column, row) = (pixel % shape[2], pixel / shape[2] % shape[1])
      var sum = addend.map { Double($0[index]) } ?? 0
      for i in 0..<kernel.height where (0..<shape[1]).contains(row + i - before.height) {
        for j in 0..<kernel.width where (0..<shape[2]).contains(column + j - before.width) {
          let shifted = pixel + (i - before.height) * shape[2] + j - before.width
          sum += Double(x[shifted * shape[3] + (i * kernel.width + j) * channels + channel])
        }
      }
      return activation.apply(Float(sum))
    }
    return [Tensor(result, out)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard case .local(let rows, let columns)? = resize.reach([inputs[0]]).first else {
      return globalReach(count: inputs.count)
    }
    let products = Reach.local(
      rows: widened(rows, before: before.height, taps: kernel.height),
      columns: widened(columns, before: before.width, taps: kernel.width))
    return inputs.count > 1 ? [products, .pointwise] : [products]
  }

  /// What outputs from `before` earlier on, as many as taps, depend on.
  func widened(_ reach: AxisReach, before: Int, taps: Int) -> AxisReach {
    AxisReach(
      num: reach.num, den: reach.den, low: reach.low - before * reach.num,
      high: reach.high + (taps - 1 - before) * reach.num)
  }
}
