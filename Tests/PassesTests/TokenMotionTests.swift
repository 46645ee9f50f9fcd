import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

struct TokenMotionTests {
  /// An image whose pixels become tokens, and what follows.
  private func tokens(_ dims: [Int], _ follow: (inout Graph, Value) throws -> Value) throws -> Graph {
    try Graph.image(channels: 3) { graph, x in
      try follow(&graph, graph.add(Reshape(dims: dims), [x], name: "tokens"))
    }
  }

  /// True where the image goes first through the operator named `name`, then becomes tokens.
  private func isMoved(_ graph: Graph, _ name: String) -> Bool {
    guard let node = graph.nodes.first(where: { $0.name == "\(name)/image" }) else { return false }
    return node.types[0].rank == 4 && graph.nodes.last?.op is Reshape
  }

  @Test(arguments: [[1, -1, 3], [0, -1, 3], [-1, 3]])
  func `layers that work on vectors are applied to the image`(dims: [Int]) throws {
    let moving: [(inout Graph, Value) throws -> Value] = [
      { try $0.add(Dense(activation: .tanh), [$1, $0.weight("kernel", [3, 5])], name: "op") },
      { try $0.add(LayerNorm(epsilon: 1e-5), [$1, $0.weight("gamma", [3]), $0.weight("beta", [3])], name: "op") },
      { try $0.add(Activate(.silu), [$1], name: "op") },
      { try $0.add(Softmax(), [$1], name: "op") },
      { try $0.add(Softmax(axis: $0[$1].rank - 1), [$1], name: "op") },
      { try $0.add(Binary(.subtract), [$0.weight("bias", [3]), $1], name: "op") },
      { try $0.add(Binary(.multiply), [$1, $0.weight("factor", [])], name: "op") },
    ]
    for follow in moving {
      let after = try applied(.tokenMotion, to: tokens(dims, follow))
      #expect(isMoved(after, "op"), "\(after)")
    }
  }

  @Test func `the heads of an attention are no image`() throws {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, 40, 1, 3]))
    let joined = try graph.add(Reshape(dims: [1, 40, 3]), [x], name: "joined")
    graph.output(try graph.add(Dense(), [joined, graph.weight("kernel", [3, 5])], name: "op"), name: "y")
    #expect(try !isMoved(applied(.tokenMotion, to: graph), "op"))
  }

  @Test func `a function that is written out on tokens is recognised before they move`() throws {
    let graph = try tokens([1, -1, 3]) { graph, x in
      let scaled = try graph.add(
        Binary(.divide), [x, graph.constant(Tensor([], [Float(2).squareRoot()]), name: "root")], name: "scaled")
      let erf = try graph.add(Activate(.erf), [scaled], name: "erf")
      let sum = try graph.add(Binary(.add), [erf, graph.constant(Tensor([], [1]), name: "one")], name: "sum")
      let product = try graph.add(Binary(.multiply), [x, sum], name: "product")
      return try graph.add(
        Binary(.multiply), [product, graph.constant(Tensor([], [0.5]), name: "half")], name: "half product")
    }
    let after = try optimised(graph, kernels: .underTest).graph
    #expect(after.nodes.contains { ($0.op as? Activate)?.activation == .gelu })
    try expectEquivalent(graph, after)
  }

  @Test func `tokens that become an image again leave nothing that depends on the whole`() throws {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, nil, nil, 3]))
    let laid = try graph.add(Reshape(dims: [1, -1, 3]), [x], name: "laid")
    let dense = try graph.add(Dense(), [laid, graph.weight("kernel", [3, 5])], name: "dense")
    let sizes = try graph.add(ShapeOf(from: 0, to: 3), [x], name: "sizes")
    let last = graph.constant(Tensor([1], .int64([5])), name: "last")
    let shape = try graph.add(Concat(axis: 0), [sizes, last], name: "shape")
    graph.output(try graph.add(DynamicReshape(copiesNothing: true), [dense, shape], name: "restored"), name: "y")
    #expect(try !localGeometry(graph).isLocal)
    let after = try optimised(graph, kernels: .underTest).graph
    try expectEquivalent(graph, after)
    #expect(try localGeometry(after).isLocal)
  }

  @Test func `what mixes tokens, or splits vectors, stays`() throws {
    let staying: [([Int], (inout Graph, Value) throws -> Value)] = [
      ([1, -1, 3], { try $0.add(Softmax(axis: 1), [$1], name: "op") }),
      ([1, -1, 3], { try $0.add(Binary(.add), [$1, $1], name: "op") }),
      ([1, -1, 3], { try $0.add(Binary(.add), [$1, $0.weight("positions", [1, 36, 3])], name: "op") }),
      (
        [1, -1, 3],
        { try $0.add(MatMul(), [$1, $0.add(Transpose(permutation: [0, 2, 1]), [$1], name: "turned")], name: "op") }
      ),
      ([1, 3, -1], { try $0.add(Activate(.tanh), [$1], name: "op") }),
      ([1, -1, 6], { try $0.add(Activate(.tanh), [$1], name: "op") }),
    ]
    for (dims, follow) in staying {
      let graph = try tokens(dims, follow)
      #expect(try "\(applied(.tokenMotion, to: graph))" == "\(graph)")
    }
  }
}
