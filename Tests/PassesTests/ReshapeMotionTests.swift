import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

private let first = Transpose(permutation: [0, 3, 1, 2]), last = Transpose(permutation: [0, 2, 3, 1])
private let turn = Transpose(permutation: [0, 2, 1])

struct ReshapeMotionTests {
  /// `[N, H, W, C]` that becomes `[N, C, L]`, `[N, L, C]` for a dense layer, and an image again.
  private func tokens(_ flat: [Int], _ image: [Int], dims: [Int?] = [1, 4, 6, 3]) throws -> Graph {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, dims))
    let planes = try graph.add(first, [x], name: "planes")
    let laid = try graph.add(Reshape(dims: flat), [planes], name: "laid")
    let tokens = try graph.add(turn, [laid], name: "tokens")
    let dense = try graph.add(Dense(), [tokens, graph.weight("kernel", [3, 5])], name: "dense")
    let back = try graph.add(turn, [dense], name: "back")
    let restored = try graph.add(Reshape(dims: image), [back], name: "restored")
    graph.output(try graph.add(last, [restored], name: "image"), name: "y")
    return graph
  }

  private func transposes(_ graph: Graph) -> Int { graph.nodes.count { $0.op is Transpose } }

  @Test(arguments: [[1, 3, -1], [0, 0, -1], [1, -1, 24]])
  func `rows and columns become one axis without a transposition`(flat: [Int]) throws {
    for image in [[1, 5, 4, 6], [0, -1, 4, 6], [1, 5, -1, 6]] {
      let graph = try tokens(flat, image)
      let after = try optimised(graph, kernels: .underTest).graph
      try expectEquivalent(graph, after)
      #expect(transposes(after) == 0)
    }
  }

  @Test func `sizes that are computed change their order too`() throws {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, nil, nil, 3]))
    let planes = try graph.add(first, [x], name: "planes")
    let laid = try graph.add(Reshape(dims: [1, 3, -1]), [planes], name: "laid")
    let tokens = try graph.add(turn, [laid], name: "tokens")
    let dense = try graph.add(Dense(), [tokens, graph.weight("kernel", [3, 5])], name: "dense")
    let back = try graph.add(turn, [dense], name: "back")
    let sizes = try graph.add(ShapeOf(from: 2), [planes], name: "sizes")
    let front = graph.constant(Tensor([2], .int64([1, 5])), name: "front")
    let shape = try graph.add(Concat(axis: 0), [front, sizes], name: "shape")
    let restored = try graph.add(DynamicReshape(), [back, shape], name: "restored")
    graph.output(try graph.add(last, [restored], name: "image"), name: "y")
    let after = try optimised(graph, kernels: .underTest).graph
    try expectEquivalent(graph, after)
    #expect(transposes(after) == 0)
    #expect(after.nodes.contains { $0.op is DynamicReshape })
  }

  @Test func `a reshape that mixes channels with pixels stays behind its transposition`() throws {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, 4, 6, 3]))
    let planes = try graph.add(first, [x], name: "planes")
    graph.output(try graph.add(Reshape(dims: [1, 6, 12]), [planes], name: "mixed"), name: "y")
    try expectUntouched(graph, by: .reshapeMotion)
    var other = Graph()
    let y = other.input("x", TensorType(.float32, [1, 4, 6, 3]))
    let turned = try other.add(Transpose(permutation: [0, 2, 1, 3]), [y], name: "turned")
    other.output(try other.add(Reshape(dims: [1, 6, 12]), [turned], name: "rows"), name: "y")
    try expectUntouched(other, by: .reshapeMotion)
  }
}
