import Graphs
import Kernels
import Ops
import Tensors
import TestSupport
import Testing

struct ConvVariantStepsTests {
  private func depthwise(_ op: DepthwiseConv2D, _ image: Shape, kernel: Shape) throws {
    let bias = noise([kernel[2] * kernel[3]], seed: 3)
    try checkStep(op, [noise(image, seed: 1), noise(kernel, seed: 2), bias], firstConstant: 1) {
      $0.step($1)
    }
  }

  @Test func `depthwise convolutions keep channels apart`() throws {
    for channels in [1, 4, 15, 17] {
      try depthwise(DepthwiseConv2D(padding: .same), [1, 5, 6, channels], kernel: [3, 3, channels, 1])
    }
    try depthwise(
      DepthwiseConv2D(strides: 2, padding: .same, activation: .clamp(min: 0, max: 6)), [1, 6, 7, 5],
      kernel: [3, 3, 5, 1])
    try depthwise(
      DepthwiseConv2D(padding: .same, dilation: Pair(2, 1), activation: .silu), [1, 6, 7, 3], kernel: [3, 2, 3, 1])
    for dilation in [2, 3, 9] {
      try depthwise(DepthwiseConv2D(padding: .same, dilation: Pair(dilation)), [1, 4, 23, 17], kernel: [3, 3, 17, 1])
    }
    try depthwise(DepthwiseConv2D(padding: .same), [1, 6, 21, 5], kernel: [5, 5, 5, 1])
  }

  @Test func `a depth multiplier makes several outputs of each channel`() throws {
    try depthwise(DepthwiseConv2D(padding: .same), [1, 4, 5, 3], kernel: [3, 3, 3, 2])
    try depthwise(DepthwiseConv2D(strides: 2, activation: .relu), [1, 5, 5, 2], kernel: [2, 2, 2, 18])
  }

  private func transpose(_ op: Conv2DTranspose, _ image: Shape, kernel: Shape) throws {
    let bias = noise([kernel[2]], seed: 3)
    try checkStep(op, [noise(image, seed: 1), noise(kernel, seed: 2), bias], firstConstant: 1) {
      $0.step($1)
    }
  }

  @Test(arguments: [Padding.same, .valid, .explicit(top: 1, bottom: 0, left: 0, right: 1)], [1, 2, 3, 4])
  func `transposed convolutions of every stride and kernel`(_ padding: Padding, _ stride: Int) throws {
    for size in 1...5 where size > 1 || stride > 1 {
      try transpose(
        Conv2DTranspose(strides: Pair(stride), padding: padding), [1, 3, 4, 2], kernel: [size, size, 3, 2])
    }
    try transpose(
      Conv2DTranspose(strides: Pair(stride, 2), padding: padding, activation: .relu), [1, 4, 3, 3],
      kernel: [3, 2, 17, 3])
  }

  @Test func `output padding and dilation`() throws {
    for padding in [Padding.same, .valid] {
      try transpose(
        Conv2DTranspose(strides: 2, padding: padding, outputPadding: .explicit(1)), [1, 3, 4, 2], kernel: [3, 3, 4, 2])
      try transpose(
        Conv2DTranspose(strides: 3, padding: padding, outputPadding: .explicit(Pair(2, 0)), activation: .sigmoid),
        [1, 3, 4, 2], kernel: [2, 4, 4, 2])
      try transpose(Conv2DTranspose(padding: padding, dilation: 2), [1, 4, 5, 2], kernel: [3, 2, 4, 2])
    }
  }

  @Test func `a dense layer acts on the last axis of images, vectors and batches`() throws {
    for shape: Shape in [[1, 3, 5, 6], [1, 6], [4, 6], [2, 3, 3, 6]] {
      let tensors = [noise(shape, seed: 1), noise([6, 19], seed: 2), noise([19], seed: 3)]
      try checkStep(Dense(activation: .relu), tensors, firstConstant: 1) { $0.step($1) }
    }
  }

  @Test(arguments: [Activation.linear, .relu, .sigmoid])
  func `a convolution adds an image to its result`(_ activation: Activation) throws {
    for channels in [3, 17, 33, 70] {
      let op = ResidualConv2D(Conv2D(), activation: activation)
      try checkResidualStep(op, [[1, 4, 21, 5]], kernel: [1, 1, 5, channels])
    }
    try checkResidualStep(
      ResidualConv2D(Conv2D(strides: 2, sources: 2), activation: activation), [[1, 5, 7, 3], [1, 5, 7, 2]],
      kernel: [1, 1, 5, 6])
    // More weights than one group of panels.
    try checkResidualStep(
      ResidualConv2D(Conv2D(), activation: activation), [[1, 2, 13, 1600]], kernel: [1, 1, 1600, 100])
  }

  /// The addend is the last image; the weights lie between the images.
  private func checkResidualStep(_ op: ResidualConv2D, _ images: [Shape], kernel: Shape) throws {
    let weights = [noise(kernel, seed: 50), noise([kernel[3]], seed: 51)]
    let sources = images.enumerated().map { noise($1, seed: UInt64($0) + 1) }
    let result = try op.conv.outputTypes((sources + weights).map(\.type))[0]
    let addend = noise(try #require(result.shape), seed: 60)
    let last = images.count + weights.count
    try checkStep(op, sources + weights + [addend], constants: images.count..<last) { $0.step($1) }
  }

  @Test func `an image of another size is added by definition`() throws {
    let op = ResidualConv2D(Conv2D()), kernel = noise([1, 1, 2, 3], seed: 1)
    let types = [noise([1, 4, 4, 2], seed: 2).type, kernel.type, TensorType(.float32, [1, 1, 1, 3])]
    let site = CompileSite(
      name: "test", inputTypes: types, outputTypes: try op.outputTypes(types), constants: [nil, kernel, nil],
      kernels: .underTest)
    #expect(op.step(site) == nil && op.reach(types) == [.global, .global, .global])
    #expect(op.compile(site).kernel == "definition")
  }
}
