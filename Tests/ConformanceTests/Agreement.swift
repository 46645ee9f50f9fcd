import Engine
import Graphs
import Passes
import Tensors
import TestSupport

/// Runs a graph as the program does: optimised, planned for the given sizes, on the engine.
func run(_ graph: Graph, _ feed: [String: Tensor], threads: Int = 2) throws -> [Tensor] {
  let plan = try Plan(Passes.optimised(graph, kernels: .underTest).graph.specialised(to: feed.mapValues(\.type)))
  return try Session(plan, threads: threads).run(feed)
}

/// Where a result differs from its reference by more than implementations may; `nil` when it does not.
///
/// Allowed are 1e-5 + 1e-4 of the largest reference value, for probabilities never more than 1e-4, and no pixel of another class.
func disagreement(_ result: Tensor, _ reference: Tensor) -> String? {
  guard result.type == reference.type else { return "is \(result.type), not \(reference.type)" }
  guard reference.dataType == .float32 else { return result == reference ? nil : "differs" }
  let isProbability = reference.floats.allSatisfy { (0...1).contains($0) }
  let largest = reference.floats.reduce(Float(0)) { max($0, abs($1)) }
  let allowed = isProbability ? 1e-4 : 1e-5 + 1e-4 * largest
  let comparison = Comparison(result, against: reference, rtol: 0, atol: allowed)
  if comparison.beyond == 0 && comparison.classFlips == 0 { return nil }
  return
    "\(comparison.beyond) of \(comparison.count) differ by more than \(allowed), at most by \(comparison.maximum) at "
    + "\(comparison.worstIndex), and \(comparison.classFlips) classes"
}

/// All disagreements of a graph's outputs with a data set.
func disagreements(_ graph: Graph, _ data: ReferenceCase.DataSet) throws -> [String] {
  let expected = try data.outputs()
  guard expected.count == graph.outputs.count else {
    return ["\(expected.count) references for \(graph.outputs.count) outputs"]
  }
  let results = try run(graph, data.feed(graph))
  return zip(results, expected).enumerated().compactMap { place, pair in
    disagreement(pair.0, pair.1).map { "output \(place) \(graph.outputs[place].name): \($0)" }
  }
}

extension Graph {
  /// The result of an imported layer: its softmax where it has one.
  func layer(_ name: String) -> Value? {
    let index = nodes.firstIndex { $0.name == name + "/softmax" } ?? nodes.firstIndex { $0.name == name }
    return index.map { Value($0) }
  }

  /// The same graph with operators exchanged; `nil` keeps one.
  func replacing(_ change: (Node) throws -> (any Op)?) throws -> Graph {
    var result = Graph()
    for node in nodes {
      if let input = node.op as? Input {
        result.input(node.name, input.type)
      } else {
        try result.add(try change(node) ?? node.op, node.inputs, name: node.name)
      }
    }
    for output in outputs { result.output(output.value, name: output.name) }
    return result
  }
}
