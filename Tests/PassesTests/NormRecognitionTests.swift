import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

private let first = Transpose(permutation: [0, 3, 1, 2]), last = Transpose(permutation: [0, 2, 3, 1])
private let turn = Transpose(permutation: [0, 2, 1])

struct NormRecognitionTests {
  /// Instance normalisation of groups of channels laid out as one, then gamma and beta; `sizes` restores the shape.
  private func groups(
    of channels: Int, in count: Int, height: Int? = nil, _ sizes: (inout Graph, Value) throws -> (any Op, [Value])
  ) throws -> Graph {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, channels, height, height]))
    let laid = try graph.add(Reshape(dims: [0, count, -1]), [x], name: "laid")
    let turned = try graph.add(turn, [laid], name: "turned")
    let parameters = [graph.weight("gamma", [count], in: 0.5...1), graph.weight("beta", [count])]
    let norm = try graph.add(GroupNorm(groups: count, epsilon: 1e-5), [turned] + parameters, name: "norm")
    let back = try graph.add(turn, [norm], name: "back")
    let (op, values) = try sizes(&graph, x)
    let image = try graph.add(op, [back] + values, name: "image")
    let scaled = try graph.add(Binary(.multiply), [image, graph.weight("scale", [channels, 1, 1])], name: "scaled")
    graph.output(
      try graph.add(Binary(.add), [scaled, graph.weight("shift", [channels, 1, 1])], name: "shifted"), name: "y")
    return graph
  }

  private func operators(_ graph: Graph) -> [String] {
    graph.nodes.filter { !($0.op is Constant) }.map { type(of: $0.op).name }
  }

  @Test func `groups laid out as channels are a group normalisation with gamma and beta of its own`() throws {
    let known = try groups(of: 6, in: 3, height: 4) { _, _ in (Reshape(dims: [1, 6, 4, 4]), []) }
    let open = try groups(of: 6, in: 3) { graph, x in
      (DynamicReshape(), [try graph.add(ShapeOf(), [x], name: "sizes")])
    }
    for graph in [known, open] {
      let after = try optimised(graph, kernels: .underTest).graph
      try expectEquivalent(graph, after, tolerance: 2e-5)
      #expect(operators(after) == ["input", "transpose", "group_norm", "transpose"])
      #expect(after.nodes.contains { $0.op as? GroupNorm == GroupNorm(groups: 3, epsilon: 1e-5) })
    }
  }

  @Test func `a reshape to other sizes is none`() throws {
    let graph = try groups(of: 6, in: 3, height: 4) { _, _ in (Reshape(dims: [1, 6, 2, 8]), []) }
    try expectUntouched(graph, by: .groupNormRecognition)
    let open = try groups(of: 6, in: 3) { graph, x in
      (DynamicReshape(), [graph.constant(Tensor([4], .int64([1, 6, 4, 9])), name: "sizes")])
    }
    try expectUntouched(open, by: .groupNormRecognition)
  }

  /// Layer normalisation as a chain: the mean of `x` minus its mean to a power, epsilon, a root, gamma and beta.
  private func chain(power: Float = 2, of axis: Int = -1, taking other: Bool = false) throws -> Graph {
    try Graph.image(channels: 4) { graph, x in
      let mean = try graph.add(Reduce(kind: .mean, axes: [axis], keepDims: true), [x], name: "mean")
      let difference = try graph.add(Binary(.subtract), [x, mean], name: "difference")
      let exponent = graph.constant(Tensor([], [power]), name: "exponent")
      let square = try graph.add(Binary(.power), [other ? x : difference, exponent], name: "square")
      let variance = try graph.add(Reduce(kind: .mean, axes: [axis], keepDims: true), [square], name: "variance")
      let sum = try graph.add(
        Binary(.add), [variance, graph.constant(Tensor([], [1e-3]), name: "epsilon")], name: "sum")
      let root = try graph.add(Activate(.sqrt), [sum], name: "root")
      let norm = try graph.add(Binary(.divide), [difference, root], name: "norm")
      let scaled = try graph.add(Binary(.multiply), [norm, graph.weight("gamma", [4])], name: "scaled")
      return try graph.add(Binary(.add), [scaled, graph.weight("beta", [4])], name: "shifted")
    }
  }

  @Test func `a chain of operators is a layer normalisation with gamma and beta of its own`() throws {
    for axis in [-1, 3] {
      let graph = try chain(of: axis)
      let after = try optimised(graph, kernels: .underTest).graph
      try expectEquivalent(graph, after, tolerance: 2e-5)
      #expect(operators(after) == ["input", "layer_norm"])
      #expect((after.nodes.last?.op as? LayerNorm)?.epsilon == 1e-3)
    }
  }

  @Test func `other powers, other axes and other values stay`() throws {
    try expectUntouched(chain(power: 4), by: .layerNormRecognition)
    try expectUntouched(chain(of: 1), by: .layerNormRecognition)
    try expectUntouched(chain(taking: true), by: .layerNormRecognition)
  }

  @Test func `a normalisation that others read, or that is activated, keeps its gamma`() throws {
    let shared = try Graph.image(channels: 4) { graph, x in
      let parameters = [graph.weight("gamma", [4]), graph.weight("beta", [4])]
      let norm = try graph.add(LayerNorm(epsilon: 1e-5), [x] + parameters, name: "norm")
      graph.output(norm, name: "z")
      return try graph.add(Binary(.multiply), [norm, graph.weight("scale", [4])], name: "scaled")
    }
    try expectUntouched(shared, by: .normAffineFolding)
    let activated = try Graph.image(channels: 4) { graph, x in
      let parameters = [graph.weight("gamma", [4]), graph.weight("beta", [4])]
      let norm = try graph.add(GroupNorm(groups: 2, epsilon: 1e-5, activation: .relu), [x] + parameters, name: "norm")
      return try graph.add(Binary(.multiply), [norm, graph.weight("scale", [4])], name: "scaled")
    }
    try expectUntouched(activated, by: .normAffineFolding)
  }
}
