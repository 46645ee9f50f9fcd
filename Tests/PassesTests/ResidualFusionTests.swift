import Graphs
import Ops
import Passes
import Tensors
import Testing

/// A pointwise convolution of two channels by this name.
private func conv(
  _ graph: inout Graph, _ x: Value, _ name: String, _ op: Conv2D = Conv2D(), size: Int = 1
) throws -> Value {
  try graph.add(op, [x, graph.weight("\(name)/kernel", [size, size, 2, 2])], name: name)
}

@Test func `a convolution adds the image that its result is added to`() throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let result = try conv(&graph, x, "conv")
    return try graph.add(Binary(.add, activation: .relu), [x, result], name: "add")
  }
  #expect(
    "\(try applied(.residualFusion, to: graph))" == """
      %0 x = input() : f32[1x?x?x2]
      %1 conv/kernel = constant() : f32[1x1x2x2]
      %2 conv+add = residual_conv2d(%0, %1, %0) strides=1x1 padding=valid activation=relu : f32[1x?x?x2]
      output y = %2
      """)
}

@Test func `the later of two convolutions adds the earlier`() throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let first = try conv(&graph, x, "first"), second = try conv(&graph, x, "second")
    return try graph.add(Binary(.add), [second, first], name: "add")
  }
  let after = try applied(.residualFusion, to: graph)
  #expect(after.nodes.filter { !($0.op is Constant) }.map(\.name) == ["x", "first", "second+add"])
}

@Test func `other sums and convolutions stay`() throws {
  func sum(
    _ function: Binary.Function = .add, _ op: Conv2D = Conv2D(), size: Int = 1,
    _ addend: (inout Graph, _ x: Value, _ conv: Value) throws -> Value = { _, x, _ in x }
  ) throws -> Graph {
    try Graph.image(channels: 2) { graph, x in
      let result = try conv(&graph, x, "conv", op, size: size)
      return try graph.add(Binary(function), [result, try addend(&graph, x, result)], name: "sum")
    }
  }
  try expectUntouched(sum(.subtract), by: .residualFusion)
  try expectUntouched(sum(.add, Conv2D(activation: .relu)), by: .residualFusion)
  try expectUntouched(sum(.add, Conv2D(padding: .same), size: 3), by: .residualFusion)
  try expectUntouched(sum { _, _, conv in conv }, by: .residualFusion)
  try expectUntouched(sum { graph, _, _ in graph.weight("map", [1, 6, 6, 2]) }, by: .residualFusion)
  try expectUntouched(
    sum { graph, x, _ in try graph.add(GlobalPool2D(kind: .max, keepDims: true), [x], name: "pool") },
    by: .residualFusion)
}
