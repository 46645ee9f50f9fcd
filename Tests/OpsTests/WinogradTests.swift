import Graphs
import Kernels
import Ops
import Tensors
import TestSupport
import Testing

struct WinogradTests {
  /// With the limits that hold for minimal filtering.
  private func check(_ op: Conv2D, _ images: [Shape], channels: Int, bias: Bool = true) throws {
    var tensors = images.enumerated().map { noise($1, seed: UInt64($0) + 1) }
    tensors.append(noise([3, 3, images.reduce(0) { $0 + $1[3] }, channels], seed: 50))
    if bias { tensors.append(noise([channels], seed: 51)) }
    try checkStep(op, tensors, firstConstant: images.count, absolute: 1e-4, relative: 1e-3) {
      let step = $0.step($1)
      #expect(step?.kernel.hasPrefix("winograd \(op.algorithm.tile)x\(op.algorithm.tile)") == true)
      return step
    }
  }

  private func op(_ tile: Int, _ padding: Padding = .same, sources: Int = 1, activation: Activation = .relu) -> Conv2D {
    Conv2D(padding: padding, sources: sources, activation: activation, algorithm: .winograd(tile: tile))
  }

  @Test(arguments: [4, 2], [Padding.same, .valid, .explicit(top: 2, bottom: 1, left: 0, right: 3)])
  func `tiles are cut at the image's border`(_ tile: Int, _ padding: Padding) throws {
    for (height, width) in [(3, 3), (4, 8), (5, 9), (6, 7), (7, 10), (13, 6)] {
      try check(op(tile, padding), [[1, height, width, 3]], channels: 5)
    }
  }

  @Test(arguments: [4, 2]) func `an image smaller than a tile`(_ tile: Int) throws {
    for (height, width) in [(1, 1), (1, 5), (2, 1)] {
      try check(op(tile), [[1, height, width, 2]], channels: 3, bias: false)
    }
  }

  @Test(arguments: [4, 2], [Pair(2), Pair(3), Pair(4), Pair(2, 1), Pair(1, 3)])
  func `pixels that a dilation joins are tiles of their own`(_ tile: Int, _ dilation: Pair) throws {
    let around = Padding.explicit(top: 4, bottom: 1, left: 2, right: 6)
    for (height, width, padding) in [
      (1, 2, Padding.same), (9, 9, .same), (13, 34, .same), (18, 23, .same), (11, 12, .valid), (17, 7, around),
    ] {
      for activation in [Activation.relu, .silu] {
        var op = op(tile, padding, sources: 2, activation: activation)
        op.dilation = dilation
        try check(op, [[1, height, width, 3], [1, height, width, 9]], channels: 5)
      }
    }
    var op = op(tile, .same)
    op.dilation = dilation
    try check(op, [[1, 9, 11, 320]], channels: 620)
  }

  @Test(arguments: [4, 2]) func `channels around the edges of lanes and panels`(_ tile: Int) throws {
    for count in [1, 4, 8, 15, 16, 17, 32, 33, 49] {
      try check(op(tile), [[1, 5, 6, count]], channels: 3)
      try check(op(tile), [[1, 5, 6, 2]], channels: count)
    }
  }

  @Test(arguments: [4, 2]) func `concatenated sources are read in place`(_ tile: Int) throws {
    try check(op(tile, sources: 2), [[1, 6, 9, 3], [1, 6, 9, 18]], channels: 7)
    try check(op(tile, sources: 3), [[1, 6, 9, 16], [1, 6, 9, 1], [1, 6, 9, 5]], channels: 17)
  }

  @Test(arguments: [Activation.linear, .clamp(min: -0.5, max: 6), .silu, .leakyRelu(0.2)])
  func `activations`(_ activation: Activation) throws {
    try check(op(4, activation: activation), [[1, 6, 9, 3]], channels: 34)
  }

  @Test func `many tiles, in several blocks`() throws {
    try check(op(4), [[1, 9, 530, 2]], channels: 3)
    try check(op(2), [[1, 90, 40, 2]], channels: 3)
  }

  @Test(arguments: [4, 2]) func `large weights go panel by panel through shared tiles`(_ tile: Int) throws {
    let op = op(tile, sources: 2)
    try check(op, [[1, 9, 11, 300], [1, 9, 11, 20]], channels: 620)
    let tensors = [noise([1, 9, 11, 320], seed: 1), noise([3, 3, 320, 620], seed: 2)]
    let types = tensors.map(\.type)
    var single = op
    single.sources = 1
    let site = CompileSite(
      name: "test", inputTypes: types, outputTypes: try single.outputTypes(types), constants: [nil, tensors[1]],
      kernels: .underTest)
    #expect(single.step(site)?.rounds == 2)
  }

  @Test func `transposed convolutions are cut at the border, and go on where no input reaches`() throws {
    func check(_ padding: Padding, _ image: Shape, channels: Int, extra: OutputPadding = .automatic) throws {
      let op = Conv2DTranspose(
        strides: 2, padding: padding, outputPadding: extra, activation: .leakyRelu(0.3), algorithm: .winograd(tile: 8))
      let tensors = [noise(image, seed: 1), noise([3, 3, channels, image[3]], seed: 2), noise([channels], seed: 3)]
      try checkStep(op, tensors, firstConstant: 1, absolute: 1e-4, relative: 1e-3) { $0.step($1) }
    }
    for (height, width) in [(1, 1), (2, 3), (4, 4), (5, 8), (6, 9)] {
      try check(.same, [1, height, width, 3], channels: 5)
      try check(.valid, [1, height, width, 2], channels: 3)
    }
    for count in [1, 4, 8, 15, 16, 17, 33] {
      try check(.same, [1, 3, 5, count], channels: 2)
      try check(.same, [1, 3, 5, 2], channels: count)
    }
    try check(.same, [1, 5, 140, 3], channels: 3)
    try check(.same, [1, 5, 6, 320], channels: 320)
    try check(.valid, [1, 5, 6, 3], channels: 3, extra: .explicit(3))
  }

  @Test(arguments: [4, 2]) func `bfloat16 is as good as its eight bits`(_ tile: Int) throws {
    for (depth, channels) in [(16, 16), (2, 5), (34, 49), (7, 3)] {
      let op = Conv2D(padding: .same, sources: 2, algorithm: .winograd(tile: tile, precision: .bfloat16))
      let tensors = [
        noise([1, 6, 9, depth], seed: 1), noise([1, 6, 9, depth], seed: 4),
        noise([3, 3, 2 * depth, channels], seed: 2),
        noise([channels], seed: 3),
      ]
      try checkStep(op, tensors, firstConstant: 2, absolute: 0.06, relative: 0.02) { $0.step($1) }
    }
    let op = Conv2DTranspose(strides: 2, padding: .same, algorithm: .winograd(tile: 8, precision: .bfloat16))
    let tensors = [noise([1, 5, 6, 10], seed: 1), noise([3, 3, 17, 10], seed: 2)]
    try checkStep(op, tensors, firstConstant: 1, absolute: 0.06, relative: 0.02) { $0.step($1) }
  }

  @Test func `a group's outputs depend on all that the group reads`() throws {
    let reach = op(4).reach([noise([1, 16, 16, 2], seed: 1).type, noise([3, 3, 2, 2], seed: 2).type])[0]
    guard case .local(let rows, _) = reach else { throw ShapeError("not local") }
    #expect(rows.read(by: 5..<6) == 3..<9)
    #expect(rows.read(by: 7..<9) == 3..<13)
    var dilated = op(4)
    dilated.dilation = Pair(2, 1)
    let types = [noise([1, 16, 16, 2], seed: 1).type, noise([3, 3, 2, 2], seed: 2).type]
    guard case .local(let rows, let columns) = dilated.reach(types)[0] else { throw ShapeError("not local") }
    #expect(rows.read(by: 5..<6) == -2..<10)
    #expect(columns.read(by: 5..<6) == 3..<9)
  }
}

struct AlgorithmTests {
  private func kernel(_ depth: Int, _ channels: Int) -> Tensor { noise([3, 3, depth, channels], seed: 7) }

  @Test func `wide layers go by minimal filtering, thin ones and other windows directly`() {
    #expect(Conv2D(padding: .same).bestAlgorithm(kernel: kernel(16, 16), kernels: .underTest) == .winograd(tile: 4))
    #expect(Conv2D(padding: .same).bestAlgorithm(kernel: kernel(64, 64), kernels: .underTest) == .winograd(tile: 4))
    #expect(Conv2D(padding: .same).bestAlgorithm(kernel: kernel(3, 16), kernels: .underTest) == .direct)
    #expect(Conv2D(strides: 2).bestAlgorithm(kernel: kernel(64, 64), kernels: .underTest) == .direct)
    #expect(Conv2D(dilation: 4).bestAlgorithm(kernel: kernel(64, 64), kernels: .underTest) == .winograd(tile: 4))
    #expect(Conv2D(dilation: 5).bestAlgorithm(kernel: kernel(64, 64), kernels: .underTest) == .direct)
    #expect(Conv2D(groups: 2).bestAlgorithm(kernel: kernel(32, 64), kernels: .underTest) == .direct)
    #expect(Conv2D().bestAlgorithm(kernel: noise([5, 5, 64, 64], seed: 1), kernels: .underTest) == .direct)
  }

  @Test func `transposed convolutions that double the size go by minimal filtering where it pays`() {
    let kernel = noise([3, 3, 32, 64], seed: 3)
    let same = Conv2DTranspose(strides: 2, padding: .same)
    #expect(same.bestAlgorithm(kernel: kernel, kernels: .underTest) == .winograd(tile: 8))
    #expect(Conv2DTranspose(strides: 2).bestAlgorithm(kernel: kernel, kernels: .underTest) == .winograd(tile: 8))
    #expect(same.bestAlgorithm(kernel: noise([3, 3, 16, 4], seed: 3), kernels: .underTest) == .direct)
    #expect(same.bestAlgorithm(kernel: noise([2, 2, 32, 64], seed: 3), kernels: .underTest) == .direct)
    #expect(Conv2DTranspose(strides: 3, padding: .same).bestAlgorithm(kernel: kernel, kernels: .underTest) == .direct)
    // Its first output stands between the first two inputs.
    let shifted = Conv2DTranspose(strides: 2, padding: .explicit(top: 1, bottom: 0, left: 1, right: 0))
    #expect(shifted.bestAlgorithm(kernel: kernel, kernels: .underTest) == .direct)
  }

  @Test func `weights that are not finite go directly`() {
    var weights = kernel(16, 16).floats
    weights[100] = .infinity
    #expect(Conv2D().bestAlgorithm(kernel: Tensor([3, 3, 16, 16], weights), kernels: .underTest) == .direct)
  }

  @Test func `of many channels those with the largest weights decide, beside evenly spread ones`() {
    let (depth, channels) = (32, 300)
    // A finite weight whose transform is not. Channel 151 is none of the evenly spread ones.
    var weights = kernel(depth, channels).floats
    weights[8 * depth * channels + 151] = 2e38
    #expect(
      Conv2D().bestAlgorithm(kernel: Tensor([3, 3, depth, channels], weights), kernels: .underTest)
        != .winograd(tile: 4))
    #expect(Conv2D().bestAlgorithm(kernel: kernel(depth, channels), kernels: .underTest) == .winograd(tile: 4))
  }

  @Test func `the probe accepts ordinary weights and no difference beyond its limits`() {
    for tile in [4, 2] {
      #expect(
        WinogradProbe.agree(
          direct: Conv2D(), filtered: Conv2D(algorithm: .winograd(tile: tile)), kernel: kernel(64, 70), side: tile + 2,
          depth: 64, axis: 3, kernels: .underTest))
    }
    // A row off.
    #expect(
      !WinogradProbe.agree(
        direct: Conv2D(padding: .explicit(top: 0, bottom: 1, left: 0, right: 0)),
        filtered: Conv2D(padding: .explicit(top: 1, bottom: 0, left: 0, right: 0), algorithm: .winograd(tile: 4)),
        kernel: kernel(16, 16), side: 6, depth: 16, axis: 3, kernels: .underTest))
    #expect(WinogradProbe.agree([3, -4.003, 0], [3, -4, 0.0002]))
    #expect(!WinogradProbe.agree([3, -4.006, 0], [3, -4, 0]))
    #expect(!WinogradProbe.agree([3, -4, 0.0006], [3, -4, 0]))
    #expect(!WinogradProbe.agree([.nan], [.nan]))
  }
}
