import Graphs
import ModelFiles
import Ops
import Tensors

extension Conv2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let kernel = try site.weights(sources)
    let images = (0..<sources).map { site.input($0, .channelsFirst) }
    let image = sources == 1 ? images[0] : site.emit("Concat", images, [("axis", .int(1))])
    try site.convolve(
      image, kernel: site.weights(sources, as: kernel.permuted([3, 2, 0, 1])), size: kernel.imageSize,
      bias: sources + 1, strides, dilation, padding, groups: groups, activation)
  }
}

extension DepthwiseConv2D: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let kernel = try site.weights(1)
    let filters = kernel.permuted([2, 3, 0, 1])
    let shape = Shape([kernel.shape[2] * kernel.shape[3], 1, kernel.shape[0], kernel.shape[1]])
    try site.convolve(
      site.input(0, .channelsFirst), kernel: site.weights(1, as: filters.reshaped(shape)), size: kernel.imageSize,
      bias: 2, strides, dilation, padding, groups: kernel.shape[2], activation)
  }
}

extension Dense: ExportedOp {
  /// On images a convolution with a 1 x 1 kernel; elsewhere a product of matrices.
  func export(_ site: inout ExportSite) throws(ImportError) {
    let hasBias = site.node.inputs.count > 2
    if site.layout == .channelsFirst, let kernel = site.constant(1), !hasBias || site.constant(2) != nil {
      let filters = kernel.permuted([1, 0]).reshaped([kernel.shape[1], kernel.shape[0], 1, 1])
      return try site.convolve(
        site.input(0, .channelsFirst), kernel: site.weights(1, as: filters), size: 1, bias: 2, 1, 1, .valid, groups: 1,
        activation)
    }
    var result = site.emit("MatMul", [site.input(0), site.input(1)])
    if hasBias { result = site.emit("Add", [result, site.input(2)]) }
    site.finish(try site.activated(result, activation))
  }
}

extension Conv2DTranspose: ExportedOp {
  /// With explicit padding at both ends, which means the same to every runtime; so it holds for images of any size.
  func export(_ site: inout ExportSite) throws(ImportError) {
    let kernel = try site.weights(1)
    let (rows, columns) = resolve(kernel: kernel.imageSize)
    // What is cropped does not depend on the size of the image.
    let (top, bottom, below) = rows.cropped
    let (left, right, beside) = columns.cropped
    let filters = site.weights(1, as: kernel.permuted([3, 2, 0, 1]))
    let hasBias = site.node.inputs.count > 2
    // An output padding as large as both stride and dilation is refused by runtimes: the rest is padded on, and the bias follows.
    let isPadded = below >= max(strides.height, dilation.height) || beside >= max(strides.width, dilation.width)
    var inputs = [site.input(0, .channelsFirst), filters]
    if hasBias, !isPadded { inputs.append(site.input(2)) }
    let padding = isPadded ? Pair(0) : Pair(below, beside)
    var result = site.emit(
      "ConvTranspose", inputs,
      [
        ("dilations", .ints([dilation.height, dilation.width])),
        ("kernel_shape", .ints([kernel.shape[0], kernel.shape[1]])),
        ("output_padding", .ints([padding.height, padding.width])),
        ("pads", .ints([top, left, bottom, right])),
        ("strides", .ints([strides.height, strides.width])),
      ])
    if isPadded {
      result = site.emit("Pad", [result, site.integers([0, 0, 0, 0, 0, 0, below, beside], "pads")])
      if hasBias {
        let bias = try site.weights(2)
        result = site.emit(
          "Add", [result, site.weights(2, as: PermutedTensor(bias).reshaped([bias.shape.count, 1, 1]))])
      }
    }
    site.finish(try site.activated(result, activation), .channelsFirst)
  }
}

extension ScatterWindow {
  /// Elements dropped at the start and at the end of the full result, and how many are added behind it.
  fileprivate var cropped: (start: Int, end: Int, added: Int) {
    let inputs = 1 + extent
    let start = crop(inputs), rest = (inputs - 1) * stride + extent - output(inputs) - start
    return (start, max(rest, 0), max(-rest, 0))
  }
}

extension Tensor {
  /// Rows and columns of a kernel that begins with them.
  fileprivate var imageSize: Pair { Pair(shape[0], shape[1]) }
}

extension ExportSite {
  /// Writes a convolution of an NCHW image, and the activation behind it.
  func convolve(
    _ image: String, kernel: String, size: Pair, bias: Int, _ strides: Pair, _ dilation: Pair, _ padding: Padding,
    groups: Int, _ activation: Activation
  ) throws(ImportError) {
    var inputs = [image, kernel]
    if node.inputs.count > bias { inputs.append(input(bias)) }
    let result = emit(
      "Conv", inputs,
      [
        ("dilations", .ints([dilation.height, dilation.width])), ("group", .int(groups)),
        ("kernel_shape", .ints([size.height, size.width])),
        window(padding, size: size, strides: strides, dilation: dilation),
        ("strides", .ints([strides.height, strides.width])),
      ])
    finish(try activated(result, activation), .channelsFirst)
  }

  /// The padding of a sliding window as numbers, or, where they depend on a size that is unknown, as a rule.
  func window(
    _ padding: Padding, size: Pair, strides: Pair, dilation: Pair = 1
  ) -> (name: String, value: DraftAttribute) {
    let image = types[0]
    // With a stride of 1 the padding is the same for images of all sizes.
    let height = image.dims[1] ?? (strides.height == 1 ? size.height * dilation.height : nil)
    let width = image.dims[2] ?? (strides.width == 1 ? size.width * dilation.width : nil)
    if height == nil || width == nil {
      if padding == .same { return ("auto_pad", .text("SAME_UPPER")) }
      if padding == .sameLower { return ("auto_pad", .text("SAME_LOWER")) }
      if case .ceiling(let top, let bottom, let left, let right) = padding {
        return ("pads", .ints([top, left, bottom, right]))
      }
    }
    let (rows, columns) = padding.resolve(
      size: Pair(height ?? 1, width ?? 1), kernel: size, stride: strides, dilation: dilation)
    return ("pads", .ints([rows.before, columns.before, rows.after, columns.after]))
  }
}
