import Engine
import Graphs
import Kernels
import Ops
import Passes
import Tensors
import TestSupport
import Testing

/// Steps that are joined compute the bits that they compute alone. An output of a graph is never joined away, so the same network with more
/// outputs is the one whose steps stand alone.
struct FusionTests {
  private func kernels(_ plan: Plan) throws -> [String] { try Session(plan, threads: 1).profile.map(\.kernel) }

  /// Runs the graph as it is, and with all of `separate` as outputs, on images whose last tiles are cut in all ways.
  private func compare(_ net: Network, _ result: Value, separate: [Value], joins word: String) throws {
    var graph = net.graph
    graph.output(result, name: "result")
    var apart = graph
    for (index, value) in separate.enumerated() { apart.output(value, name: "part \(index)") }
    for (height, width) in [(8, 8), (9, 11), (6, 7), (13, 30), (1, 1), (3, 2), (66, 70)] {
      let joined = try planned(specialised(graph, height, width)),
        alone = try planned(specialised(apart, height, width))
      #expect(try kernels(joined).contains { $0.contains(word) })
      #expect(try !kernels(alone).contains { $0.contains(word) })
      let feed = ["image": image(height, width)]
      for threads in [1, 3] {
        let one = try Session(joined, threads: threads).run(feed)[0]
        let other = try Session(alone, threads: threads).run(feed)[0]
        let equal = haveSameBits(one, other)
        #expect(equal, "\(word) at \(height)x\(width)")
        #expect(one.floats.contains { $0 != 0 })
      }
    }
  }

  private func haveSameBits(_ a: Tensor, _ b: Tensor) -> Bool {
    a.shape == b.shape && zip(a.floats, b.floats).allSatisfy { $0.bitPattern == $1.bitPattern }
  }

  private func network() -> (Network, Value) {
    var net = Network(seed: 11)
    let input = net.graph.input("image", TensorType(.float32, [1, nil, nil, 3]))
    return (net, input)
  }

  private func filtered(
    _ net: inout Network, _ sources: [Value], _ channels: Int, _ name: String, tile: Int, padding: Padding = .same
  ) throws -> Value {
    let depth = sources.reduce(0) { $0 + (net.graph[$1].dims[3] ?? 0) }
    let kernel = net.weights([3, 3, depth, channels], fanIn: 9 * depth, name + "/kernel")
    let bias = net.constant([channels], name + "/bias")
    return try net.graph.add(
      Conv2D(padding: padding, sources: sources.count, activation: .relu, algorithm: .winograd(tile: tile)),
      sources + [kernel, bias], name: name)
  }

  @Test(arguments: [4, 2], [Padding.same, .valid])
  func `pooling behind minimal filtering, whose pixels nobody else reads`(_ tile: Int, _ padding: Padding) throws {
    var (net, input) = network()
    let wide = try net.graph.add(
      Pad2D(top: 2, bottom: 2, left: 2, right: 2), [input], name: "pad")
    let features = try filtered(&net, [wide], 21, "features", tile: tile)
    let pooled = try net.graph.add(MaxPool2D(size: 2, strides: 2, padding: padding), [features], name: "pool")
    let rest = try net.convolution(pooled, 5, "rest")
    // As an output, the pixels are kept, and pooling is made beside them by another path of the same kernel.
    let second = try net.graph.add(MaxPool2D(size: 2, strides: 2, padding: padding), [features], name: "pool again")
    try compare(net, rest, separate: [features], joins: "-> max")
    var both = net.graph
    both.output(pooled, name: "beside")
    both.output(second, name: "alone")
    both.output(features, name: "features")
    for (height, width) in [(8, 8), (9, 11), (6, 7), (13, 30), (66, 70)] {
      let plan = try planned(specialised(both, height, width))
      #expect(try kernels(plan).filter { $0.contains("+ max") }.count == 1)
      let results = try Session(plan, threads: 2).run(["image": image(height, width)])
      let expected = MaxPool2D(size: 2, strides: 2, padding: padding).evaluate([results[2]])[0]
      let (asOutput, asExpected) = (haveSameBits(results[0], results[1]), haveSameBits(results[0], expected))
      #expect(asOutput && asExpected)
    }
  }

  @Test(arguments: [4, 2], [Padding.same, .valid, .explicit(top: 2, bottom: 1, left: 0, right: 3)])
  func `nearest upsampling is read in place`(_ tile: Int, _ padding: Padding) throws {
    var (net, input) = network()
    let wide = try net.graph.add(Pad2D(top: 1, bottom: 0, left: 0, right: 1), [input], name: "pad")
    let coarse = try net.convolution(wide, 6, "coarse")
    let up = try net.graph.add(Resize(method: .nearest, target: .scale(2)), [coarse], name: "up")
    let result = try filtered(&net, [up], 18, "fine", tile: tile, padding: padding)
    try compare(net, result, separate: [up], joins: "doubled")
  }

  @Test func `an upsampled image among others`() throws {
    var (net, input) = network()
    let skip = try net.graph.add(Resize(method: .linear, target: .scale(2)), [input], name: "skip")
    let up = try net.graph.add(Resize(method: .nearest, target: .scale(2)), [input], name: "up")
    let result = try filtered(&net, [skip, up, skip], 34, "fine", tile: 4)
    try compare(net, result, separate: [up], joins: "doubled")
  }

  @Test func `upsampling by other factors, or read by several, stands alone`() throws {
    var (net, input) = network()
    let third = try net.graph.add(Resize(method: .nearest, target: .scale(3)), [input], name: "third")
    let up = try net.graph.add(Resize(method: .nearest, target: .scale(2)), [input], name: "up")
    net.graph.output(try filtered(&net, [third], 8, "a", tile: 4), name: "a")
    net.graph.output(try filtered(&net, [up], 8, "b", tile: 4), name: "b")
    net.graph.output(try filtered(&net, [up], 8, "c", tile: 4), name: "c")
    let plan = try planned(specialised(net.graph, 8, 8))
    #expect(try !kernels(plan).contains { $0.contains("doubled") })
  }

  @Test(arguments: [1, 5, 33]) func `scores become probabilities and classes where they are made`(_ channels: Int)
    throws
  {
    var (net, input) = network()
    let scores = try net.convolution(input, channels, "scores", size: 1, activation: .linear)
    let probabilities = try net.graph.add(Softmax(), [scores], name: "probabilities")
    let classes = try net.graph.add(ClassMap(threshold: 0.1), [probabilities], name: "classes")
    let decided = try net.graph.add(ClassMap(threshold: 0.1), [scores], name: "decided")
    let thresholded = try net.graph.add(
      ClassMap(threshold: 0.1, least: 0.2, first: 1), [probabilities], name: "thresholded")
    try compare(net, probabilities, separate: [scores], joins: "+ softmax")
    // Class 0 is a class, so rows of zeros are kept out by an offset.
    for value in [classes, decided, thresholded] {
      let offset = net.graph.constant(Tensor([1], [1]), name: "one")
      let result = try net.graph.add(Binary(.add), [value, offset], name: "result")
      try compare(net, result, separate: [scores, probabilities], joins: "+ classes")
    }
  }

  private func depthwise(
    _ net: inout Network, _ x: Value, _ name: String, strides: Pair = 1, dilation: Pair = 1,
    activation: Activation = .relu
  ) throws -> Value {
    let depth = net.graph[x].dims[3] ?? 0
    let kernel = net.weights([3, 3, depth, 1], fanIn: 9, name + "/kernel")
    return try net.graph.add(
      DepthwiseConv2D(strides: strides, padding: .same, dilation: dilation, activation: activation),
      [x, kernel, net.constant([depth], name + "/bias")], name: name)
  }

  @Test(arguments: [(1, 1), (2, 1), (1, 3)], [Activation.clamp(min: 0, max: 6), .silu])
  func `a pointwise convolution makes the depthwise pixels that it reads`(
    _ window: (strides: Int, dilation: Int), _ activation: Activation
  ) throws {
    for channels in [3, 16, 40] {
      var (net, input) = network()
      let wide = try net.convolution(input, channels, "wide", size: 1)
      let taps = try depthwise(
        &net, wide, "taps", strides: Pair(window.strides), dilation: Pair(window.dilation), activation: activation)
      let result = try net.convolution(taps, 37, "narrow", size: 1, activation: activation)
      try compare(net, result, separate: [taps], joins: "depthwise 8x\(KernelSet.underTest.lanes), direct")
    }
  }

  @Test func `also where the pointwise one adds, and ends in classes`() throws {
    var (net, input) = network()
    let wide = try net.convolution(input, 20, "wide", size: 1)
    let taps = try depthwise(&net, wide, "taps")
    let kernel = net.weights([1, 1, 20, 3], fanIn: 20, "kernel")
    let sum = try net.graph.add(
      ResidualConv2D(Conv2D(), activation: .relu), [taps, kernel, input], name: "sum")
    try compare(net, sum, separate: [taps], joins: "depthwise 8x\(KernelSet.underTest.lanes), direct")
    let more = try depthwise(&net, sum, "more")
    let scores = try net.convolution(more, 4, "scores", size: 1, activation: .linear)
    let classes = try net.graph.add(Softmax(), [scores], name: "classes")
    try compare(net, classes, separate: [taps, more], joins: "depthwise 8x\(KernelSet.underTest.lanes), direct")
  }

  @Test func `depthwise pixels that are read twice, or by more channels than a block holds, stand alone`() throws {
    var (net, input) = network()
    let taps = try depthwise(&net, input, "taps")
    net.graph.output(try net.convolution(taps, 8, "a", size: 1), name: "a")
    net.graph.output(try net.convolution(taps, 8, "b", size: 1), name: "b")
    let deep = try depthwise(&net, try net.convolution(input, 500, "deep", size: 1), "deep taps")
    net.graph.output(try net.convolution(deep, 500, "c", size: 1), name: "c")
    net.graph.output(try net.convolution(try depthwise(&net, input, "3x3"), 8, "d"), name: "d")
    let kernels = try kernels(planned(specialised(net.graph, 8, 8)))
    #expect(kernels.filter { $0.hasPrefix("depthwise") }.count == 3 && !kernels.contains { $0.contains(", direct") })
  }

  @Test(arguments: [1, 2]) func `images that lie side by side are read in place by depthwise taps`(_ strides: Int)
    throws
  {
    for channels in [1, 8, 19] {
      var (net, input) = network()
      let side = try net.convolution(input, channels, "side")
      let joined = try net.graph.add(Concat(axis: -1), [input, side, input], name: "joined")
      let taps = try depthwise(&net, joined, "taps", strides: Pair(strides), activation: .silu)
      let result = try net.convolution(taps, 5, "result", strides: 2)
      try compare(net, result, separate: [joined], joins: " of 3")
    }
  }

  @Test func `scores of more channels than a block holds stand alone`() throws {
    var (net, input) = network()
    let wide = try net.convolution(input, 700, "wide", size: 1)
    let scores = try net.convolution(wide, 600, "scores", size: 1, activation: .linear)
    net.graph.output(try net.graph.add(Softmax(), [scores], name: "probabilities"), name: "probabilities")
    #expect(try kernels(planned(specialised(net.graph, 3, 3))).contains("softmax"))
  }

  @Test func `elementwise steps overwrite what they read`() throws {
    var (net, input) = network()
    var x = try net.convolution(input, 8, "features", activation: .linear)
    var parts = [x]
    for name in ["first", "second", "third"] {
      x = try net.graph.add(Activate(.elu(0.7)), [x], name: name)
      parts.append(x)
    }
    let side = try net.convolution(input, 8, "side")
    x = try net.graph.add(Binary(.subtract), [side, x], name: "difference")
    let result = try net.convolution(x, 4, "result")
    var graph = net.graph
    graph.output(result, name: "result")
    var apart = graph
    for (index, value) in parts.enumerated() { apart.output(value, name: "part \(index)") }
    for height in [1, 9, 120] {
      let shared = try planned(specialised(graph, height, 40)), alone = try planned(specialised(apart, height, 40))
      #expect(shared.ringBytes < alone.ringBytes)
      let one = try Session(shared, threads: 2).run(["image": image(height, 40)])[0]
      let other = try Session(alone, threads: 2).run(["image": image(height, 40)])[0]
      let equal = haveSameBits(one, other)
      #expect(equal)
    }
  }

  @Test func `what is read twice, or at other pixels, is not overwritten`() throws {
    var (net, input) = network()
    let features = try net.convolution(input, 8, "features", activation: .linear)
    let active = try net.graph.add(Activate(.elu(0.7)), [features], name: "active")
    let pooled = try net.graph.add(MaxPool2D(size: 3, strides: 1, padding: .same), [active], name: "pool")
    let sum = try net.graph.add(Binary(.multiply), [pooled, features], name: "product")
    net.graph.output(sum, name: "sum")
    let graph = try specialised(net.graph, 33, 20)
    let result = try Session(planned(graph), threads: 2).run(["image": image(33, 20)])[0]
    let expected = try graph.evaluate(["image": image(33, 20)])[0]
    #expect(relativeDifference(result, expected) < 1e-5)
  }
}
