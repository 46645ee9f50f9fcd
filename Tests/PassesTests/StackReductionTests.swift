import Graphs
import Ops
import Passes
import Tensors
import Testing

struct StackReductionTests {
  private func stacked(
    _ kind: Reduce.Kind, stack: Int = 0, over axis: Int = 0, keepDims: Bool = false, alone: Bool = true
  ) throws -> Graph {
    try Graph.image(channels: 3) { graph, x in
      var parts: [Value] = []
      for (place, activation) in [Activation.tanh, .relu, .sigmoid].enumerated() {
        let part = try graph.add(Activate(activation), [x], name: "part\(place)")
        parts.append(try graph.add(ExpandDims(axes: [stack]), [part], name: "expanded\(place)"))
      }
      if !alone { parts.append(try graph.add(Concat(axis: stack), parts.suffix(2), name: "two")) }
      let all = try graph.add(Concat(axis: stack), parts, name: "all")
      return try graph.add(Reduce(kind: kind, axes: [axis], keepDims: keepDims), [all], name: "result")
    }
  }

  @Test(arguments: [(Reduce.Kind.sum, Binary.Function.add), (.max, .maximum), (.min, .minimum)])
  func `values that are stacked and reduced are joined in pairs`(_ kind: Reduce.Kind, _ function: Binary.Function)
    throws
  {
    for (stack, axis) in [(0, 0), (-1, 4), (2, -3)] {
      let after = try applied(.stackReduction, to: stacked(kind, stack: stack, over: axis))
      #expect(after.nodes.suffix(2).map(\.name) == ["result/1", "result"])
      #expect(after.nodes.suffix(2).allSatisfy { $0.op as? Binary == Binary(function) })
    }
  }

  @Test func `means, other axes, axes that are kept and parts of several values stay`() throws {
    try expectUntouched(stacked(.mean), by: .stackReduction)
    try expectUntouched(stacked(.sum, over: 1), by: .stackReduction)
    try expectUntouched(stacked(.sum, keepDims: true), by: .stackReduction)
    try expectUntouched(stacked(.sum, alone: false), by: .stackReduction)
  }
}
