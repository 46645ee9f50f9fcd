import Graphs
import Ops
import Passes
import Tensors
import Testing

private func around(_ op: any Op) throws -> Graph {
  try Graph.image(channels: 2) { graph, x in
    let before = try graph.add(Activate(.tanh), [x], name: "before")
    let middle = try graph.add(op, [before], name: "middle")
    return try graph.add(Activate(.square), [middle], name: "after")
  }
}

@Test(
  arguments: [
    Identity(), Activate(.linear), Pad2D(top: 0, bottom: 0, left: 0, right: 0),
    Crop2D(top: 0, bottom: 0, left: 0, right: 0), Transpose(permutation: [0, 1, 2, 3]), Concat(axis: 3),
    Resize(method: .linear, target: .scale(1)), Reshape(dims: [0, 0, 0, 2]), Reshape(dims: [1, 0, -1, 2]),
  ] as [any Op])
func `what changes nothing is dropped`(op: any Op) throws {
  #expect(
    "\(try applied(.identityRemoval, to: around(op)))" == """
      %0 x = input() : f32[1x?x?x2]
      %1 before = activate(%0) tanh : f32[1x?x?x2]
      %2 after = activate(%1) square : f32[1x?x?x2]
      output y = %2
      """)
}

@Test(
  arguments: [
    Activate(.relu), Pad2D(top: 0, bottom: 0, left: 1, right: 0), Crop2D(top: 0, bottom: 1, left: 0, right: 0),
    Transpose(permutation: [0, 2, 1, 3]), Resize(method: .nearest, target: .scale(2)),
    Resize(method: .nearest, target: .size(6)), Reshape(dims: [0, -1, 2]), Reshape(dims: [0, 6, 6, 2]),
  ] as [any Op])
func `what changes something stays`(op: any Op) throws {
  try expectUntouched(around(op), by: .identityRemoval)
}

@Test func `an output is never an input itself`() throws {
  try expectUntouched(
    try Graph.image(channels: 2) { graph, x in try graph.add(Identity(), [x], name: "same") }, by: .identityRemoval)
}
