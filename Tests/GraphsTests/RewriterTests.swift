import Graphs
import Tensors
import Testing

/// Merges a sum of one input into the sum that makes it, where nothing else reads that.
private let mergeSums = Pass("mergeSums") { (graph, index, rewriter) throws(GraphError) -> Value? in
  let node = graph.nodes[index]
  guard let outer = node.op as? Sum, node.inputs.count == 1, let inner = graph.nodes[node.inputs[0].node].op as? Sum,
    rewriter.hasSingleUser(node.inputs[0].node)
  else { return nil }
  let before = graph.nodes[node.inputs[0].node]
  return try rewriter.add(
    Sum(plus: inner.plus + outer.plus), before.inputs.map { rewriter($0) }, name: "\(before.name)+\(node.name)")
}

/// `x -> a -> b`, and `x -> c -> d -> e` where an output reads d as well.
private func example() throws -> Graph {
  var graph = Graph()
  let x = graph.input("x", TensorType(.float32, [nil]))
  let a = try graph.add(Sum(plus: 1), [x], name: "a")
  let b = try graph.add(Sum(plus: 2), [a], name: "b")
  let c = try graph.add(Sum(plus: 3), [x], name: "c")
  let d = try graph.add(Sum(plus: 4), [c], name: "d")
  let e = try graph.add(Sum(plus: 5), [d], name: "e")
  graph.output(b, name: "left")
  graph.output(d, name: "middle")
  graph.output(e, name: "right")
  return graph
}

@Test func `a pass rewrites what matches, prunes what died and logs each rewrite`() throws {
  let graph = try example()
  var (budget, log) = (Int.max, Graph.RewriteLog())
  let after = try graph.applying(mergeSums, budget: &budget, log: &log)
  #expect(log == ["mergeSums: b", "mergeSums: d"])
  #expect(
    "\(after)" == """
      %0 x = input() : f32[?]
      %1 a+b = sum(%0) plus=3.0 : f32[?]
      %2 c+d = sum(%0) plus=7.0 : f32[?]
      %3 e = sum(%2) plus=5.0 : f32[?]
      output left = %1
      output middle = %2
      output right = %3
      """)
  let feed = ["x": Tensor([2], [1, -4])]
  #expect(try graph.evaluate(feed) == after.evaluate(feed))
}

@Test func `rewriting stops when the budget is spent`() throws {
  var (budget, log) = (1, Graph.RewriteLog())
  let after = try example().applying(mergeSums, budget: &budget, log: &log)
  #expect(log == ["mergeSums: b"])
  #expect(budget == 0)
  #expect(after.nodes.map(\.name) == ["x", "a+b", "c", "d", "e"])
  #expect(try "\(after.applying(mergeSums, budget: &budget, log: &log))" == "\(after)")
}

@Test func `a pass may not make a malformed graph`() throws {
  let broken = Pass("broken") { (graph, index, rewriter) throws(GraphError) -> Value? in
    graph.nodes[index].name == "b" ? try rewriter.add(Sum(), [], name: "b") : nil
  }
  var (budget, log) = (Int.max, Graph.RewriteLog())
  #expect(throws: GraphError(.types, "b", "sum: takes at least one input")) {
    try example().applying(broken, budget: &budget, log: &log)
  }
}

@Test func `nodes with several results are copied with all of them`() throws {
  var graph = Graph()
  let v = graph.input("v", TensorType(.float32, [4]))
  try graph.add(Halves(), [v], name: "split")
  graph.output(try graph.add(Sum(), [Value(1, 0), Value(1, 1)], name: "y"), name: "y")
  var (budget, log) = (Int.max, Graph.RewriteLog())
  let after = try graph.applying(mergeSums, budget: &budget, log: &log)
  #expect("\(after)" == "\(graph)")
  #expect(log.isEmpty)
}

@Test func `a sweep ends when its new constants are large, and the next goes on`() throws {
  let negate = Pass("negate") { (graph, index, rewriter) -> Value? in
    guard let constant = graph.nodes[index].op as? Constant, constant.tensor.floats[0] > 0 else { return nil }
    let shape = constant.tensor.shape
    return rewriter.constant(Tensor(shape, repeating: -constant.tensor.floats[0]), name: graph.nodes[index].name)
  }
  var graph = Graph()
  let half = Shape([Rewriter.sweepBytes / 8])
  let values = (1...5).map { graph.constant(Tensor(half, repeating: Float($0)), name: "c\($0)") }
  graph.output(try graph.add(Sum(), values, name: "sum"), name: "sum")
  var (budget, log) = (Int.max, Graph.RewriteLog())
  var sweeps: [Int] = []
  repeat {
    let before = log.count
    graph = try graph.applying(negate, budget: &budget, log: &log)
    sweeps.append(log.count - before)
  } while sweeps.last != 0
  #expect(sweeps == [2, 2, 1, 0])
  #expect(try graph.evaluate([:])[0].floats[0] == -15)
}
