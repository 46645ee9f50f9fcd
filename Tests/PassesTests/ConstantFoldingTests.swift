import Graphs
import Ops
import Passes
import Tensors
import Testing

@Test func `what depends on constants alone is computed in one sweep`() throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let a = graph.constant(Tensor([2], [1, 2]), name: "a")
    let b = graph.constant(Tensor([2], [10, 20]), name: "b")
    let sum = try graph.add(Binary(.add), [a, b], name: "sum")
    let root = try graph.add(Activate(.square), [sum], name: "square")
    return try graph.add(Binary(.multiply), [x, root], name: "scale")
  }
  let after = try applied(.constantFolding, to: graph)
  #expect(
    "\(after)" == """
      %0 x = input() : f32[1x?x?x2]
      %1 square = constant() : f32[2]
      %2 scale = binary(%0, %1) multiply : f32[1x?x?x2]
      output y = %2
      """)
  #expect(after.constant(Value(1)) == Tensor([2], [121, 484]))
}

@Test func `what depends on an input is not computed`() throws {
  try expectUntouched(
    try Graph.image(channels: 2) { graph, x in
      try graph.add(Binary(.add), [x, graph.weight("a", [2])], name: "sum")
    }, by: .constantFolding)
}
