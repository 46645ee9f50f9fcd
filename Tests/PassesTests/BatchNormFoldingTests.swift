import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

private func normalised(
  _ op: any Op, kernel: Shape, channels: Int, bias: Bool = true, norm: BatchNorm = BatchNorm(epsilon: 1e-3),
  _ more: (inout Graph, _ layer: Value, _ norm: Value) throws -> Value = { $2 }
) throws -> Graph {
  try Graph.image(channels: 2) { graph, x in
    var inputs = [x, graph.weight("conv/kernel", kernel)]
    if bias { inputs.append(graph.weight("conv/bias", [channels])) }
    let layer = try graph.add(op, inputs, name: "conv")
    let bn = try graph.add(norm, [layer] + graph.normParameters("bn", channels), name: "bn")
    return try more(&graph, layer, bn)
  }
}

@Test func `a batch normalisation becomes part of the convolution before it`() throws {
  let graph = try normalised(Conv2D(padding: .same), kernel: [3, 3, 2, 3], channels: 3)
  #expect(
    "\(try applied(.batchNormFolding, to: graph))" == """
      %0 x = input() : f32[1x?x?x2]
      %1 conv/kernel+bn = constant() : f32[3x3x2x3]
      %2 conv/bias+bn = constant() : f32[3]
      %3 conv+bn = conv2d(%0, %1, %2) strides=1x1 padding=same : f32[1x?x?x3]
      output y = %3
      """)
}

@Test func `a layer without bias gets one, and the activation of the normalisation`() throws {
  let norm = BatchNorm(epsilon: 1e-3, activation: .relu)
  let graph = try normalised(Conv2D(groups: 2), kernel: [1, 1, 1, 4], channels: 4, bias: false, norm: norm)
  #expect(
    "\(try applied(.batchNormFolding, to: graph))" == """
      %0 x = input() : f32[1x?x?x2]
      %1 conv/kernel+bn = constant() : f32[1x1x1x4]
      %2 conv/bias+bn = constant() : f32[4]
      %3 conv+bn = conv2d(%0, %1, %2) strides=1x1 padding=valid groups=2 activation=relu : f32[1x?x?x4]
      output y = %3
      """)
}

@Test func `kernels of all layers are scaled along their result channels`() throws {
  let layers: [(op: any Op, kernel: Shape, channels: Int)] = [
    (DepthwiseConv2D(), [3, 3, 2, 2], 4), (Conv2DTranspose(strides: 2), [3, 3, 5, 2], 5), (Dense(), [2, 3], 3),
    (Conv2D(), [2, 3, 2, 3], 3),
  ]
  for (op, kernel, channels) in layers {
    let after = try applied(.batchNormFolding, to: normalised(op, kernel: kernel, channels: channels))
    #expect(after.nodes.map(\.name) == ["x", "conv/kernel+bn", "conv/bias+bn", "conv+bn"])
  }
}

@Test func `the factors are computed in double precision and rounded once`() throws {
  let graph = try Graph.image(channels: 1) { graph, x in
    let kernel = graph.constant(Tensor([1, 1, 1, 1], [0.3]), name: "kernel")
    let conv = try graph.add(Conv2D(), [x, kernel], name: "conv")
    let parameters = [0.7, 0.1, 0.9, 0.2].map { graph.constant(Tensor([1], [$0]), name: "p") }
    return try graph.add(BatchNorm(epsilon: 1e-3), [conv] + parameters, name: "bn")
  }
  let after = try applied(.batchNormFolding, to: graph)
  let scale = Double(Float(0.7)) / (Double(Float(0.2)) + Double(Float(1e-3))).squareRoot()
  #expect(after.constant(Value(1)) == Tensor([1, 1, 1, 1], [Float(Double(Float(0.3)) * scale)]))
  #expect(after.constant(Value(2)) == Tensor([1], [Float(Double(Float(0.1)) - Double(Float(0.9)) * scale)]))
}

@Test func `nothing is folded through an activation, a second reader or an output`() throws {
  let kernel: Shape = [1, 1, 2, 3]
  try expectUntouched(
    normalised(Conv2D(activation: .relu), kernel: kernel, channels: 3), by: .batchNormFolding)
  try expectUntouched(
    normalised(Conv2D(), kernel: kernel, channels: 3) { graph, conv, norm in
      try graph.add(Binary(.add), [conv, norm], name: "sum")
    }, by: .batchNormFolding)
  try expectUntouched(
    normalised(Conv2D(), kernel: kernel, channels: 3) { graph, conv, norm in
      graph.output(conv, name: "raw")
      return norm
    }, by: .batchNormFolding)
}

@Test func `weights that are not constant stay`() throws {
  var graph = Graph()
  let x = graph.input("x", TensorType(.float32, [1, nil, nil, 2]))
  let kernel = graph.input("kernel", TensorType(.float32, [1, 1, 2, 3]))
  let conv = try graph.add(Conv2D(), [x, kernel], name: "conv")
  graph.output(try graph.add(BatchNorm(epsilon: 1), [conv] + graph.normParameters("bn", 3), name: "bn"), name: "y")
  try expectUntouched(graph, by: .batchNormFolding)
}

@Test(arguments: [Float(-0.001), .nan, -1, .infinity])
func `a variance without a root stays`(variance: Float) throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let conv = try graph.add(Conv2D(), [x, graph.weight("kernel", [1, 1, 2, 1])], name: "conv")
    let others = (0..<3).map { graph.weight("p\($0)", [1]) }
    let spread = graph.constant(Tensor([1], [variance]), name: "variance")
    return try graph.add(BatchNorm(epsilon: 0.001), [conv] + others + [spread], name: "bn")
  }
  try expectUntouched(graph, by: .batchNormFolding)
}

@Test func `what would overflow stays`() throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let kernel = graph.constant(Tensor([1, 1, 2, 1], [3e38, 1]), name: "kernel")
    let conv = try graph.add(Conv2D(), [x, kernel], name: "conv")
    let parameters = [4, 0, 0, 1].map { graph.constant(Tensor([1], [$0]), name: "p") }
    return try graph.add(BatchNorm(epsilon: 0), [conv] + parameters, name: "bn")
  }
  try expectUntouched(graph, by: .batchNormFolding)
}

@Test func `products and sums with constants are folded like a normalisation`() throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let conv = try graph.add(Conv2D(padding: .same), [x, graph.weight("kernel", [3, 3, 2, 3])], name: "conv")
    let scaled = try graph.add(Binary(.multiply), [graph.weight("scale", [1, 1, 3]), conv], name: "scaled")
    let shifted = try graph.add(Binary(.subtract), [scaled, graph.weight("shift", [3])], name: "shifted")
    let halved = try graph.add(Binary(.divide), [shifted, graph.weight("two", [1, 1, 1, 1])], name: "halved")
    return try graph.add(
      Binary(.subtract, activation: .relu), [graph.weight("one", []), halved], name: "turned")
  }
  let after = try optimised(graph, kernels: .underTest).graph
  try expectEquivalent(graph, after)
  #expect(after.nodes.map(\.op).filter { !($0 is Constant) }.count == 2)
  #expect((after.nodes.last?.op as? Conv2D)?.activation == .relu)
}

@Test func `constants that differ between pixels, or are divided by the layer, stay`() throws {
  let others: [(shape: Shape, function: Binary.Function)] = [
    ([1, 6, 1, 3], .multiply), ([3], .maximum), ([1, 1, 1, 1, 3], .add),
  ]
  for (shape, function) in others {
    let graph = try Graph.image(channels: 2) { graph, x in
      let conv = try graph.add(Conv2D(padding: .same), [x, graph.weight("kernel", [3, 3, 2, 3])], name: "conv")
      return try graph.add(Binary(function), [conv, graph.weight("other", shape)], name: "changed")
    }
    try expectUntouched(graph, by: .batchNormFolding)
  }
  let quotient = try Graph.image(channels: 2) { graph, x in
    let conv = try graph.add(Conv2D(), [x, graph.weight("kernel", [1, 1, 2, 3])], name: "conv")
    return try graph.add(Binary(.divide), [graph.weight("other", [3]), conv], name: "changed")
  }
  try expectUntouched(quotient, by: .batchNormFolding)
}
