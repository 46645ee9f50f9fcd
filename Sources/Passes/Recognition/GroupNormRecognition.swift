package import Graphs
import Ops
import Tensors

extension Pass {
  /// Makes a group normalisation of an instance normalisation of images whose groups of channels were laid out as one.
  ///
  /// ```
  /// %1 groups = reshape(%0) [0,32,-1] : f32[1x32x?]
  /// %2 turned = transpose(%1) [0,2,1] : f32[1x?x32]
  /// %5 norm = group_norm(%2, %3, %4) groups=32 : f32[1x?x32]
  /// %6 back = transpose(%5) [0,2,1] : f32[1x32x?]
  /// %7 image = reshape(%6) [1,128,16,16]
  ///   =>
  /// %1 image/channels_last = transpose(%0) [0,2,3,1]
  /// %4 image/norm = group_norm(%1, %2, %3) groups=32
  /// %5 image = transpose(%4) [0,3,1,2]
  /// ```
  ///
  /// Comes before the pass that moves the transpositions away.
  package static let groupNormRecognition = Pass("groupNormRecognition", recogniseGroupNorm)
}

@Sendable private func recogniseGroupNorm(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  let turn = Transpose(permutation: [0, 2, 1])
  guard node.op is Reshape || node.op is DynamicReshape,
    let back = graph.producer(node.inputs[0], as: Transpose.self), back.op == turn,
    let norm = graph.producer(back.node.inputs[0], as: GroupNorm.self),
    let turned = graph.producer(norm.node.inputs[0], as: Transpose.self), turned.op == turn,
    let groups = graph.producer(turned.node.inputs[0], as: Reshape.self)
  else { return nil }
  let x = groups.node.inputs[0]
  let type = graph[x], laid = groups.node.types[0]
  guard type.rank == 4, let channels = type.dims[1], channels > 0, laid.dims[1] == norm.op.groups,
    channels % norm.op.groups == 0, groups.op.dims[0] == 0 || (laid.dims[0] != nil && laid.dims[0] == type.dims[0]),
    graph.restores(node, x),
    let gamma = graph.constant(norm.node.inputs[1])?.floats, let beta = graph.constant(norm.node.inputs[2])?.floats,
    gamma.count == norm.op.groups, beta.count == norm.op.groups
  else { return nil }
  let size = channels / norm.op.groups
  func spread(_ numbers: [Float], _ what: String) -> Value {
    let repeated = numbers.flatMap { [Float](repeating: $0, count: size) }
    return rewriter.constant(Tensor([channels], repeated), name: "\(node.name)/\(what)")
  }
  let parameters = [spread(gamma, "gamma"), spread(beta, "beta")]
  let image = try rewriter.add(
    Transpose(permutation: [0, 2, 3, 1]), [rewriter(x)], name: "\(node.name)/channels_last")
  let result = try rewriter.add(norm.op, [image] + parameters, name: "\(node.name)/norm")
  return try rewriter.add(Transpose(permutation: [0, 3, 1, 2]), [result], name: node.name)
}

extension Graph {
  /// True for a reshape back to the shape of a value.
  fileprivate func restores(_ node: Node, _ x: Value) -> Bool {
    if node.op is Reshape { return self[x].shape != nil && node.types[0] == self[x] }
    guard let sizes = producer(node.inputs[1], as: ShapeOf.self) else { return false }
    return sizes.node.inputs[0] == x && sizes.op == ShapeOf()
  }
}
