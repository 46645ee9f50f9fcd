import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

private func mixed(_ subscripts: String, _ shape: Shape, weightsFirst: Bool = false) throws -> Graph {
  try Graph.image(channels: 3) { graph, x in
    let weights = graph.weight("weights", shape)
    return try graph.add(Einsum(subscripts), weightsFirst ? [weights, x] : [x, weights], name: "mix")
  }
}

@Test(arguments: [
  ("bhwc,cd->bhwd", [3, 5], false), ("...c,cd->...d", [3, 5], false), ("bhwc,dc->bdhw", [5, 3], false),
  ("kc,nhwc->nhwk", [5, 3], true), ("bhwc, cd -> bhwd", [3, 2], false), ("b...c,cd->b...d", [3, 4], false),
])
func `a matrix over channels becomes a layer`(_ subscripts: String, _ shape: [Int], _ weightsFirst: Bool) throws {
  let after = try applied(.einsumReduction, to: mixed(subscripts, Shape(shape), weightsFirst: weightsFirst))
  #expect(after.nodes.contains { $0.op is Dense } && !after.nodes.contains { $0.op is Einsum })
}

@Test func `a matrix over channels that come first is local`() throws {
  var graph = Graph()
  let x = graph.input("x", TensorType(.float32, [1, nil, nil, 3]))
  let first = try graph.add(Transpose(permutation: [0, 3, 1, 2]), [x], name: "first")
  let mix = try graph.add(Einsum("nchw,cd->ndhw"), [first, graph.weight("weights", [3, 4])], name: "mix")
  graph.output(try graph.add(Transpose(permutation: [0, 2, 3, 1]), [mix], name: "last"), name: "y")
  #expect(try !localGeometry(graph).isLocal)
  let after = try optimised(graph, kernels: .underTest).graph
  try expectEquivalent(graph, after)
  #expect(try localGeometry(after).isLocal)
}

@Test func `other sums of products stay`() throws {
  // Nothing is summed; a sum without a result; an axis that both have.
  try expectUntouched(mixed("bhwc,de->bhwc", [2, 2]), by: .einsumReduction)
  try expectUntouched(mixed("bhwc,cd->bhw", [3, 2]), by: .einsumReduction)
  try expectUntouched(mixed("bhwc,cc->bhwc", [3, 3]), by: .einsumReduction)
}
