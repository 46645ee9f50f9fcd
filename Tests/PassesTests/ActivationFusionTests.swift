import Graphs
import Ops
import Passes
import Tensors
import Testing

@Test func `a layer applies the activation after it`() throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let conv = try graph.add(Conv2D(), [x, graph.weight("kernel", [1, 1, 2, 3])], name: "conv")
    return try graph.add(Activate(.clamp(min: 0, max: 6)), [conv], name: "relu6")
  }
  #expect(
    "\(try applied(.activationFusion, to: graph))" == """
      %0 x = input() : f32[1x?x?x2]
      %1 kernel = constant() : f32[1x1x2x3]
      %2 conv+relu6 = conv2d(%0, %1) strides=1x1 padding=valid activation=clamp(0.0,6.0) : f32[1x?x?x3]
      output y = %2
      """)
}

@Test func `all operators with an activation take part`() throws {
  let layers: [(op: any Op, kernel: Shape)] = [
    (Conv2D(), [1, 1, 2, 2]), (DepthwiseConv2D(), [3, 3, 2, 1]), (Conv2DTranspose(strides: 2), [2, 2, 3, 2]),
    (Dense(), [2, 4]), (Binary(.add), [2]),
  ]
  for (op, kernel) in layers {
    let graph = try Graph.image(channels: 2) { graph, x in
      let layer = try graph.add(op, [x, graph.weight("kernel", kernel)], name: "layer")
      return try graph.add(Activate(.sigmoid), [layer], name: "sigmoid")
    }
    #expect(try applied(.activationFusion, to: graph).nodes.map(\.name) == ["x", "kernel", "layer+sigmoid"])
  }
  let graph = try Graph.image(channels: 2) { graph, x in
    let norm = try graph.add(BatchNorm(epsilon: 1e-3), [x] + graph.normParameters("bn", 2), name: "bn")
    return try graph.add(Activate(.tanh), [norm], name: "tanh")
  }
  #expect(try applied(.activationFusion, to: graph).nodes.last?.name == "bn+tanh")
}

@Test func `an activation stays behind another one, a second reader or an output`() throws {
  func graph(_ activation: Activation, _ more: (inout Graph, Value, Value) throws -> Value) throws -> Graph {
    try Graph.image(channels: 2) { graph, x in
      let conv = try graph.add(
        Conv2D(activation: activation), [x, graph.weight("kernel", [1, 1, 2, 2])], name: "conv")
      return try more(&graph, conv, try graph.add(Activate(.sigmoid), [conv], name: "sigmoid"))
    }
  }
  try expectUntouched(graph(.relu) { $2 }, by: .activationFusion)
  try expectUntouched(
    graph(.linear) { graph, conv, gate in try graph.add(Binary(.multiply), [conv, gate], name: "swish") },
    by: .activationFusion)
  try expectUntouched(
    graph(.linear) { graph, conv, result in
      graph.output(conv, name: "logits")
      return result
    }, by: .activationFusion)
}

@Test func `an activation of something else stays`() throws {
  try expectUntouched(
    Graph.image(channels: 2) { graph, x in
      let pool = try graph.add(MaxPool2D(size: 2, strides: 2, padding: .valid), [x], name: "pool")
      return try graph.add(Activate(.relu), [pool], name: "relu")
    }, by: .activationFusion)
}
