import Graphs
import Passes
import Tensors
import TestSupport
import Testing

/// Applies a pass once and checks what every pass promises: a graph that verifies, the same inputs, outputs and types, and results
/// that differ by no more than rounding. Unknown dimensions are tried at 6.
func applied(
  _ pass: Pass, to graph: Graph, tolerance: Float = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Graph {
  var (budget, log) = (Int.max, Graph.RewriteLog())
  let after = try graph.applying(pass, budget: &budget, log: &log)
  try expectEquivalent(graph, after, tolerance: tolerance, sourceLocation: sourceLocation)
  return after
}

func expectEquivalent(
  _ before: Graph, _ after: Graph, tolerance: Float = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try after.verify()
  #expect(after.outputs.map(\.name) == before.outputs.map(\.name), sourceLocation: sourceLocation)
  #expect(
    after.outputs.map { after[$0.value] } == before.outputs.map { before[$0.value] }, sourceLocation: sourceLocation)
  let inputs = before.inputs.map { before.nodes[$0] }
  #expect(after.inputs.map { after.nodes[$0].name } == inputs.map(\.name), sourceLocation: sourceLocation)
  #expect(after.inputs.map { after.nodes[$0].types } == inputs.map(\.types), sourceLocation: sourceLocation)
  var feed: [String: Tensor] = [:]
  for (seed, input) in inputs.enumerated() {
    feed[input.name] = seededTensor(Shape(input.types[0].dims.map { $0 ?? 6 }), seed: UInt64(seed + 40))
  }
  for (expected, found) in zip(try before.evaluate(feed), try after.evaluate(feed)) {
    #expect(found.shape == expected.shape, sourceLocation: sourceLocation)
    let worst = zip(expected.floats, found.floats).map { abs($0 - $1) / max(abs($0), 1) }.max() ?? 0
    #expect(worst <= tolerance, sourceLocation: sourceLocation)
  }
}

/// Checks that a pass leaves a graph as it is.
func expectUntouched(
  _ graph: Graph, by pass: Pass, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var (budget, log) = (Int.max, Graph.RewriteLog())
  let after = try graph.applying(pass, budget: &budget, log: &log)
  #expect("\(after)" == "\(graph)", sourceLocation: sourceLocation)
  #expect(log.isEmpty, sourceLocation: sourceLocation)
}

extension Graph {
  /// A graph with one image input of unknown size and the output that `build` returns.
  static func image(channels: Int, _ build: (inout Graph, Value) throws -> Value) throws -> Graph {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, nil, nil, channels]))
    graph.output(try build(&graph, x), name: "y")
    return graph
  }

  /// A seeded weight.
  mutating func weight(_ name: String, _ shape: Shape, in range: ClosedRange<Float> = -1...1) -> Value {
    constant(seededTensor(shape, seed: UInt64(nodes.count), in: range), name: name)
  }

  /// Gamma, beta, mean and variance under `name`.
  mutating func normParameters(_ name: String, _ channels: Int) -> [Value] {
    [
      weight("\(name)/gamma", [channels]), weight("\(name)/beta", [channels]), weight("\(name)/mean", [channels]),
      weight("\(name)/variance", [channels], in: 0.1...2),
    ]
  }
}
