import Graphs
import Ops
import Passes
import Tensors
import Testing

/// Two images of 2 and 3 channels, joined.
private func joined(
  axis: Int = -1, _ build: (inout Graph, _ concat: Value, _ pieces: [Value]) throws -> Value
) throws -> Graph {
  try Graph.image(channels: 2) { graph, x in
    let wide = try graph.add(Dense(), [x, graph.weight("wide/kernel", [2, 3])], name: "wide")
    let concat = try graph.add(Concat(axis: axis), [x, wide], name: "concat")
    return try build(&graph, concat, [x, wide])
  }
}

@Test(arguments: [-1, 3])
func `a convolution reads the pieces of a concatenation`(axis: Int) throws {
  let graph = try joined(axis: axis) { graph, concat, _ in
    let weights = [graph.weight("kernel", [3, 3, 5, 4]), graph.weight("bias", [4])]
    return try graph.add(Conv2D(padding: .same, activation: .relu), [concat] + weights, name: "conv")
  }
  #expect(
    "\(try applied(.concatFusion, to: graph))" == """
      %0 x = input() : f32[1x?x?x2]
      %1 wide/kernel = constant() : f32[2x3]
      %2 wide = dense(%0, %1) : f32[1x?x?x3]
      %3 kernel = constant() : f32[3x3x5x4]
      %4 bias = constant() : f32[4]
      %5 concat+conv = conv2d(%0, %2, %3, %4) strides=1x1 padding=same sources=2 activation=relu : f32[1x?x?x4]
      output y = %5
      """)
}

@Test func `several convolutions may read one concatenation`() throws {
  let graph = try joined { graph, concat, _ in
    let one = try graph.add(Conv2D(), [concat, graph.weight("one/kernel", [1, 1, 5, 2])], name: "one")
    let two = try graph.add(Conv2D(), [concat, graph.weight("two/kernel", [1, 1, 5, 2])], name: "two")
    return try graph.add(Binary(.add), [one, two], name: "sum")
  }
  let after = try applied(.concatFusion, to: graph)
  #expect(after.nodes.map(\.name).filter { $0.hasPrefix("concat") } == ["concat+one", "concat+two"])
}

@Test func `a concatenation stays for any other reader`() throws {
  let kernel: Shape = [1, 1, 5, 5]
  try expectUntouched(
    joined { graph, concat, _ in
      let conv = try graph.add(Conv2D(), [concat, graph.weight("kernel", kernel)], name: "conv")
      return try graph.add(Binary(.add), [concat, conv], name: "sum")
    }, by: .concatFusion)
  try expectUntouched(
    joined { graph, concat, _ in
      graph.output(concat, name: "features")
      return try graph.add(Conv2D(), [concat, graph.weight("kernel", kernel)], name: "conv")
    }, by: .concatFusion)
  try expectUntouched(
    joined { graph, concat, _ in
      try graph.add(Conv2D(groups: 5), [concat, graph.weight("kernel", [1, 1, 1, 5])], name: "conv")
    }, by: .concatFusion)
}

@Test func `images joined along rows, and constants, stay`() throws {
  try expectUntouched(
    Graph.image(channels: 2) { graph, x in
      let tall = try graph.add(Concat(axis: 1), [x, x], name: "tall")
      return try graph.add(Conv2D(), [tall, graph.weight("kernel", [1, 1, 2, 1])], name: "conv")
    }, by: .concatFusion)
  try expectUntouched(
    Graph.image(channels: 2) { graph, x in
      let concat = try graph.add(Concat(axis: 3), [x, graph.weight("position", [1, 6, 6, 1])], name: "concat")
      return try graph.add(Conv2D(), [concat, graph.weight("kernel", [1, 1, 3, 1])], name: "conv")
    }, by: .concatFusion)
}
