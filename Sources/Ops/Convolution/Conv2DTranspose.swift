package import Graphs
package import Tensors

/// How many rows and columns a transposed convolution adds at the end of its result.
package enum OutputPadding: Sendable, Hashable {
  /// Keras' `output_padding=None`: `same` gives input size times stride, `valid` never less than that; explicit padding adds none.
  case automatic
  case explicit(Pair)
}

/// Transposed convolution: every input pixel adds its multiple of the kernel to the result, `strides` apart; then bias and activation.
///
/// Inputs: image, kernel `[kh, kw, out, in]` (the layout of Keras), optional bias `[out]`. Explicit padding is cropped from the result.
package struct Conv2DTranspose: Op {
  package static let name = "conv2d_transpose"

  package var strides: Pair
  package var padding: Padding
  package var dilation: Pair
  package var outputPadding: OutputPadding
  package var activation: Activation
  package var algorithm: ConvolutionAlgorithm

  package init(
    strides: Pair = 1, padding: Padding = .valid, dilation: Pair = 1, outputPadding: OutputPadding = .automatic,
    activation: Activation = .linear, algorithm: ConvolutionAlgorithm = .direct
  ) {
    (self.strides, self.padding, self.dilation) = (strides, padding, dilation)
    (self.outputPadding, self.activation, self.algorithm) = (outputPadding, activation, algorithm)
  }

  package var attributes: String {
    var text = "strides=\(strides) padding=\(padding)" + (dilation == 1 ? "" : " dilation=\(dilation)")
    if case .explicit(let added) = outputPadding { text += " outputPadding=\(added)" }
    return text + activation.suffix + algorithm.suffix
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...3)
    let image = try inputs.image()
    let kernel = try inputs.kernel(1)
    if let channels = image.dims[3], channels != kernel[3] {
      throw ShapeError("expects \(kernel[3]) input channels for the kernel \(kernel), the input has \(channels)")
    }
    try inputs.vector(2, "bias", count: kernel[2])
    try strides.check("strides")
    try dilation.check("dilation")
    try padding.check()
    if case .explicit(let added) = outputPadding { try added.check("outputPadding", in: 0...Limits.attribute) }
    let windows = resolve(kernel: Pair(kernel[0], kernel[1]))
    return [
      try checkedType([
        image.dims[0], try size(image.dims[1], windows.rows), try size(image.dims[2], windows.columns), kernel[2],
      ])
    ]
  }

  private func size(_ input: Int?, _ window: ScatterWindow) throws(ShapeError) -> Int? {
    guard let input else { return nil }
    let output = window.output(input)
    guard input > 0, output > 0 else { throw ShapeError("\(input) rows or columns leave nothing of the result") }
    return output
  }

  /// The scatter windows over rows and over columns for a kernel of this size.
  package func resolve(kernel: Pair) -> (rows: ScatterWindow, columns: ScatterWindow) {
    let (vertical, horizontal) = padding.sides
    var added: (Int?, Int?) = (nil, nil)
    if case .explicit(let pair) = outputPadding { added = (pair.height, pair.width) }
    return (
      ScatterWindow(
        kernel: kernel.height, stride: strides.height, dilation: dilation.height, padding: vertical, added: added.0),
      ScatterWindow(
        kernel: kernel.width, stride: strides.width, dilation: dilation.width, padding: horizontal, added: added.1)
    )
  }
}

/// One axis of a transposed convolution: input `i` adds tap `a` to result `i * stride + a * dilation - crop`.
package struct ScatterWindow: Sendable, Hashable {
  package var kernel: Int, stride: Int, dilation: Int
  var padding: AxisPadding
  var added: Int?

  /// Elements that one input element spans in the result.
  package var extent: Int { (kernel - 1) * dilation + 1 }

  /// Size of the result; beyond what any input reaches it holds bias alone.
  package func output(_ input: Int) -> Int {
    let full = (input - 1) * stride + extent
    switch padding {
    case .explicit(0, 0): return full + (added ?? max(extent, stride) - extent)
    case .explicit(let before, let after), .ceiling(let before, let after): return full - before - after + (added ?? 0)
    case .same, .sameLower: return added.map { (input - 1) * stride + extent % 2 + $0 } ?? input * stride
    }
  }

  /// Elements dropped at the start of the full result.
  package func crop(_ input: Int) -> Int {
    switch padding {
    case .explicit(let before, _), .ceiling(let before, _): return before
    case .same, .sameLower:
      let total = max((input - 1) * stride + extent - output(input), 0)
      return padding == .same ? total / 2 : total - total / 2
    }
  }
}

extension ScatterWindow {
  /// Which inputs a result depends on: those whose taps cover it. With `stride > extent` the gaps between taps depend on nothing
  /// and the nearest input is named.
  package func reach(_ input: Int) -> AxisReach {
    let crop = crop(input)
    return AxisReach(den: stride, low: min(crop - extent + stride, crop), high: crop)
  }
}

extension Conv2DTranspose {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, w) = (inputs[0].floats, inputs[1].floats)
    let (shape, kernel) = (inputs[0].shape, inputs[1].shape)
    let (rows, columns) = resolve(kernel: Pair(kernel[0], kernel[1]))
    let (top, left) = (rows.crop(shape[1]), columns.crop(shape[2]))
    let result: Shape = [shape[0], rows.output(shape[1]), columns.output(shape[2]), kernel[2]]
    var sums = [Double](repeating: 0, count: result.count)
    for n in 0..<shape[0] {
      for y in 0..<shape[1] {
        for column in 0..<shape[2] {
          let pixel = ((n * shape[1] + y) * shape[2] + column) * shape[3]
          for i in 0..<kernel[0] {
            let row = y * strides.height + i * dilation.height - top
            guard (0..<result[1]).contains(row) else { continue }
            for j in 0..<kernel[1] {
              let place = column * strides.width + j * dilation.width - left
              guard (0..<result[2]).contains(place) else { continue }
              let target = ((n * result[1] + row) * result[2] + place) * result[3]
              for o in 0..<result[3] {
                let weights = ((i * kernel[1] + j) * result[3] + o) * shape[3]
                for c in 0..<shape[3] { sums[target + o] += Double(x[pixel + c]) * Double(w[weights + c]) }
              }
            }
          }
        }
      }
    }
    let bias = inputs.count > 2 ? inputs[2].floats : nil
    return [
      Tensor(
        result,
        sums.enumerated().map { index, sum in
          activation.apply(Float(sum + (bias.map { Double($0[index % result[3]]) } ?? 0)))
        })
    ]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let size = imageSize(inputs[0]), let kernel = inputs[1].shape else {
      return globalReach(count: inputs.count)
    }
    let windows = resolve(kernel: Pair(kernel[0], kernel[1]))
    var (rows, columns) = (windows.rows.reach(size.height), windows.columns.reach(size.width))
    (rows.grid, columns.grid) = (algorithm.tile, algorithm.tile)
    return imageReach(count: inputs.count, rows: rows, columns: columns)
  }

  package func multiplyAdds(_ inputs: [TensorType]) -> Int {
    guard let image = inputs[0].shape, let kernel = inputs[1].shape else { return 0 }
    return saturatingProduct(image.count, kernel[0], kernel[1], kernel[2])
  }
}
