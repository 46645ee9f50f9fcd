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

@Test func `known sizes become constants and attributes`() throws {
  let graph = try Graph.image(channels: 3) { graph, x in
    let channels = try graph.add(ShapeOf(from: 3), [x], name: "channels")
    let zeros = graph.constant(Tensor([1], .int64([0])), name: "zeros")
    let dims = try graph.add(Concat(axis: 0), [zeros, zeros, zeros, channels], name: "dims")
    return try graph.add(DynamicReshape(), [x, dims], name: "same")
  }
  let after = try applied(.constantFolding, to: graph)
  #expect(
    "\(after)" == """
      %0 x = input() : f32[1x?x?x3]
      %1 same = reshape(%0) [0,0,0,3] : f32[1x?x?x3]
      output y = %1
      """)
}

@Test func `a constant without inputs is computed while it is small`() throws {
  func folded(_ count: Int) throws -> Bool {
    let graph = try Graph.image(channels: 1) { graph, x in
      let fill = try graph.add(Fill(dims: [count, 1], value: 2), [], name: "fill")
      let sum = try graph.add(Reduce(kind: .sum, axes: [0], keepDims: true), [fill], name: "sum")
      return try graph.add(Binary(.add), [x, sum], name: "y")
    }
    return try applied(.constantFolding, to: graph).nodes.contains { $0.op is Constant }
  }
  #expect(try folded(1000))
  #expect(try !folded(1 << 19))
}

@Test func `what would grow too large or take too long stays to be computed`() throws {
  func expectKept(_ op: any Op, _ shapes: Shape...) throws {
    let graph = try Graph.image(channels: 1) { graph, x in
      let inputs = shapes.map { graph.weight("w\(graph.nodes.count)", $0) }
      let large = try graph.add(op, inputs, name: "large")
      let sum = try graph.add(Reduce(kind: .mean, axes: [0, 1], keepDims: true), [large], name: "mean")
      return try graph.add(Binary(.add), [x, sum], name: "y")
    }
    var (budget, log) = (Int.max, Graph.RewriteLog())
    let after = try graph.applying(.constantFolding, budget: &budget, log: &log)
    #expect(after.nodes.contains { $0.name == "large" && !($0.op is Constant) }, "\(op)")
  }
  try expectKept(BroadcastTo(dims: [1 << 20, 1 << 20]), [1, 1])
  try expectKept(Tile(repeats: [1 << 10, 1 << 10]), [1, 1])
  try expectKept(MatMul(), [1024, 1024], [1024, 1024])
  try expectKept(Einsum("ab,bc->ac"), [1024, 1024], [1024, 1024])
}
