import Graphs
import Ops
import Passes
import Tensors
import Testing

struct GlobalPoolRecognitionTests {
  private func reduction(_ kind: Reduce.Kind, _ axes: [Int], keepDims: Bool) throws -> Graph {
    try Graph.image(channels: 3) { graph, x in
      try graph.add(Reduce(kind: kind, axes: axes, keepDims: keepDims), [x], name: "y")
    }
  }

  @Test(arguments: [[1, 2], [2, 1], [-2, -3], [1, -2]], [true, false])
  func `means and largest elements of all pixels are poolings`(axes: [Int], keepDims: Bool) throws {
    for kind in [Reduce.Kind.mean, .max] {
      let after = try applied(.globalPoolRecognition, to: reduction(kind, axes, keepDims: keepDims))
      #expect(after.nodes.last?.op is GlobalPool2D)
    }
  }

  @Test func `other axes and reductions stay`() throws {
    for graph in [
      try reduction(.mean, [1], keepDims: true), try reduction(.mean, [1, 2, 3], keepDims: true),
      try reduction(.mean, [2, 3], keepDims: true), try reduction(.sum, [1, 2], keepDims: true),
      try reduction(.min, [1, 2], keepDims: false),
    ] {
      #expect(try applied(.globalPoolRecognition, to: graph).nodes.last?.op is Reduce)
    }
  }
}
