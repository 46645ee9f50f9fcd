import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

/// Pixels that are repeated by axes of their own, and blocks of pixels that are no squares.
struct RepeatedAxesTests {
  private let rows = 12, columns = 20

  /// The graph's scene form is local, and computes for an NHWC image what the graph does for an NCHW one.
  private func check(_ build: (inout Graph, Value) throws -> Value) throws {
    var graph = Graph()
    let x = graph.input("image", TensorType(.float32, [1, 4, rows, columns]))
    graph.output(try build(&graph, x), name: "y")
    let form = try SceneForm(graph, SceneForm.Wish(prefersChannelsLast: false))
    let geometry = try localGeometry(form.graph)
    #expect(geometry.isLocal, "\(geometry.blockers)\n\(form.graph)")
    let image = seededTensor([1, rows, columns, 4], seed: 5)
    let planes = Transpose(permutation: [0, 3, 1, 2]).evaluate([image])[0]
    let expected = Transpose(permutation: [0, 2, 3, 1]).evaluate([try graph.evaluate(["image": planes])[0]])[0]
    #expect(try form.graph.evaluate(["image": image])[0] == expected)
  }

  private func add(_ graph: inout Graph, _ op: any Op, _ x: Value) throws -> Value {
    try graph.add(op, [x], name: "n\(graph.nodes.count)")
  }

  @Test(arguments: [true, false])
  func `each row and column several times`(_ isTile: Bool) throws {
    try check { graph, x in
      var y = try add(&graph, Activate(.tanh), x)
      y = try add(&graph, ExpandDims(axes: [3]), y)
      y = try add(&graph, isTile ? Tile(repeats: [1, 1, 1, 2, 1]) : BroadcastTo(dims: [1, 4, rows, 2, columns]), y)
      y = try add(&graph, Reshape(dims: [1, 4, 2 * rows, columns]), y)
      y = try add(&graph, ExpandDims(axes: [4]), y)
      y = try add(
        &graph, isTile ? Tile(repeats: [1, 1, 1, 1, 2]) : BroadcastTo(dims: [1, 4, 2 * rows, columns, 2]), y)
      y = try add(&graph, Reshape(dims: [1, 4, 2 * rows, 2 * columns]), y)
      return try add(&graph, Slice([Slice.Axis(2, start: 1, step: 2), Slice.Axis(3, step: 2)]), y)
    }
  }

  @Test(arguments: [Pair(2, 1), Pair(1, 2), Pair(2, 4), Pair(3, 2)])
  func `blocks of pixels that are channels`(_ block: Pair) throws {
    try check { graph, x in
      let (down, across) = (rows / block.height, columns / block.width)
      // Pixels of blocks become channels, other channels are picked, and blocks pixels again.
      var y = try add(&graph, Reshape(dims: [1, 4, down, block.height, across, block.width]), x)
      y = try add(&graph, Transpose(permutation: [0, 1, 3, 5, 2, 4]), y)
      y = try add(&graph, Slice([Slice.Axis(1, step: -1)]), y)
      y = try add(&graph, Transpose(permutation: [0, 1, 4, 2, 5, 3]), y)
      y = try add(&graph, Reshape(dims: [1, 4, rows, columns]), y)
      return try add(&graph, Activate(.sigmoid), y)
    }
  }

  @Test func `constants as large as the image`() throws {
    try check { graph, x in
      let zeros = graph.constant(
        Tensor([1, rows, columns], [Float](repeating: 0.25, count: rows * columns)), name: "zeros")
      let mean = try add(&graph, Reduce(kind: .mean, axes: [1], keepDims: false), x)
      let isLarge = try graph.add(Compare(.greater), [mean, zeros], name: "large")
      let row = graph.constant(Tensor([columns], [Float](repeating: -1, count: columns)), name: "row")
      let chosen = try graph.add(Where(), [isLarge, mean, row], name: "chosen")
      return try add(&graph, ExpandDims(axes: [1]), chosen)
    }
  }
}
