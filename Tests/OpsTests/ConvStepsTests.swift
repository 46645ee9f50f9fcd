import Graphs
import Kernels
import Ops
import Tensors
import TestSupport
import Testing

struct ConvStepsTests {
  private func check(_ op: Conv2D, _ images: [Shape], kernel: Shape, bias: Bool = true) throws {
    var tensors = images.enumerated().map { noise($1, seed: UInt64($0) + 1) }
    tensors.append(noise(kernel, seed: 50))
    if bias { tensors.append(noise([kernel[3]], seed: 51)) }
    try checkStep(op, tensors, firstConstant: images.count) { $0.step($1) }
  }

  @Test(arguments: [Padding.same, .valid, .explicit(top: 2, bottom: 1, left: 0, right: 3)], [1, 2, 3])
  func `convolutions read their padding from margins and zero rows`(_ padding: Padding, _ stride: Int) throws {
    try check(Conv2D(strides: Pair(stride, 1), padding: padding), [[1, 7, 9, 3]], kernel: [3, 3, 3, 5])
    try check(
      Conv2D(strides: Pair(stride), padding: padding, activation: .relu), [[1, 8, 6, 2]], kernel: [3, 2, 2, 19])
  }

  @Test func `channels around the panel edges`() throws {
    for channels in [1, 4, 8, 15, 16, 17, 32, 33, 48, 49] {
      try check(Conv2D(padding: .same), [[1, 3, 14, 2]], kernel: [1, 3, 2, channels])
    }
  }

  @Test func `rows longer than a segment, and kernels larger than the image`() throws {
    try check(Conv2D(padding: .same), [[1, 2, 61, 1]], kernel: [3, 3, 1, 3])
    try check(Conv2D(padding: .same), [[1, 2, 3, 2]], kernel: [5, 7, 2, 3], bias: false)
    try check(Conv2D(padding: .explicit(top: 4, bottom: 4, left: 4, right: 4)), [[1, 1, 1, 2]], kernel: [3, 3, 2, 3])
  }

  @Test func `kernel rows beside the image take no part`() throws {
    let image = noise([1, 2, 4, 3], seed: 1)
    var kernel = noise([3, 1, 3, 5], seed: 2).floats
    for i in kernel.indices where i / 15 != 1 { kernel[i] = .infinity }
    let tensors = [image, Tensor([3, 1, 3, 5], kernel)]
    let op = Conv2D(padding: .explicit(top: 2, bottom: 2, left: 0, right: 0), dilation: Pair(2, 1))
    try checkStep(op, tensors, firstConstant: 1) { $0.step($1) }
  }

  @Test func `dilation`() throws {
    try check(Conv2D(padding: .same, dilation: Pair(2, 3)), [[1, 7, 8, 3]], kernel: [3, 3, 3, 4])
    try check(Conv2D(padding: .same, dilation: 4), [[1, 5, 5, 2]], kernel: [3, 3, 2, 4])
  }

  @Test func `groups, also across sources`() throws {
    try check(Conv2D(padding: .same, groups: 2), [[1, 4, 5, 6]], kernel: [3, 3, 3, 8])
    try check(Conv2D(padding: .same, groups: 3, sources: 2), [[1, 4, 5, 2], [1, 4, 5, 4]], kernel: [3, 3, 2, 6])
    try check(Conv2D(padding: .same, groups: 2, sources: 2), [[1, 4, 5, 1], [1, 4, 5, 5]], kernel: [1, 3, 3, 4])
  }

  @Test func `concatenated sources are read in place`() throws {
    try check(Conv2D(padding: .same, sources: 2), [[1, 5, 6, 3], [1, 5, 6, 2]], kernel: [3, 3, 5, 7])
    try check(
      Conv2D(strides: 2, sources: 3, activation: .clamp(min: -0.5, max: 0.5)),
      [[1, 6, 7, 1], [1, 6, 7, 4], [1, 6, 7, 2]], kernel: [2, 3, 7, 18])
  }

  @Test(arguments: [Activation.sigmoid, .leakyRelu(0.2), .elu(0.7), .selu, .silu, .gelu, .hardSwish, .tanh])
  func `activations beyond a clamp`(_ activation: Activation) throws {
    try check(Conv2D(padding: .same, activation: activation), [[1, 3, 6, 3]], kernel: [3, 3, 3, 18])
  }

  @Test func `images of several batch entries and weights that are computed fall back on the definition`() throws {
    let op = Conv2D()
    func step(_ images: Int, constant: Bool) throws -> (any Step)? {
      let kernel = noise([1, 1, 2, 3], seed: 1)
      let types = [noise([images, 4, 4, 2], seed: 2).type, kernel.type]
      return op.step(
        CompileSite(
          name: "test", inputTypes: types, outputTypes: try op.outputTypes(types),
          constants: [nil, constant ? kernel : nil], kernels: .underTest))
    }
    #expect(try step(1, constant: true) != nil)
    #expect(try step(2, constant: true) == nil)
    #expect(try step(1, constant: false) == nil)
  }
}
