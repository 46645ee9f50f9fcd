package import Graphs
import Ops
import Tensors

extension Pass {
  /// Lays rows and columns out as one axis before channels are brought to the front, and after they were, so that
  /// `Pass.transposeMotion` finds transpositions side by side.
  ///
  /// ```
  /// %1 planes = transpose(%0) [0,3,1,2] : f32[1x32x?x?]
  /// %2 flat = reshape(%1) [0,32,-1] : f32[1x32x?]
  ///   =>
  /// %1 flat/channels_last = reshape(%0) [0,-1,32] : f32[1x?x32]
  /// %2 flat = transpose(%1) [0,2,1] : f32[1x32x?]
  /// ```
  ///
  /// The other way round, `[N, C, L]` that becomes `[N, C, H, W]` after a transposition is reshaped before it.
  package static let reshapeMotion = Pass("reshapeMotion", moveReshape)
}

@Sendable private func moveReshape(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard node.op is Reshape || node.op is DynamicReshape,
    let inner = graph.producer(node.inputs[0], as: Transpose.self)
  else { return nil }
  let from = graph[node.inputs[0]], to = node.types[0]
  // Batch and channels stay as they are.
  guard (from.rank, to.rank) == (4, 3) || (from.rank, to.rank) == (3, 4),
    let channels = from.dims[1], channels == to.dims[1], graph.copiesBatch(node, from, to)
  else { return nil }
  let (before, after) = from.rank == 4 ? ([0, 3, 1, 2], [0, 2, 1]) : ([0, 2, 1], [0, 3, 1, 2])
  guard inner.op.permutation == before else { return nil }
  let order = after.inverse
  let source = rewriter(inner.node.inputs[0])
  let moved: Value
  if let op = node.op as? Reshape {
    var dims = op.dims
    dims[1] = channels
    moved = try rewriter.add(Reshape(dims: order.map { dims[$0] }), [source], name: "\(node.name)/channels_last")
  } else {
    // A 0 would copy another axis than before.
    guard (node.op as? DynamicReshape)?.copiesNothing ?? false || !(graph[node.inputs[1]].elements ?? [0]).contains(0)
    else { return nil }
    let places = rewriter.constant(Tensor([order.count], .int64(order.map { Int64($0) })), name: "\(node.name)/order")
    let dims = try rewriter.add(Gather(axis: 0), [rewriter(node.inputs[1]), places], name: "\(node.name)/dims")
    moved = try rewriter.add(node.op, [source, dims], name: "\(node.name)/channels_last")
  }
  return try rewriter.add(Transpose(permutation: after), [moved], name: node.name)
}

extension Graph {
  /// True where a reshape keeps the first axis, and says no size of a later one by its place.
  fileprivate func copiesBatch(_ node: Node, _ from: TensorType, _ to: TensorType) -> Bool {
    let keeps = from.dims[0] != nil && from.dims[0] == to.dims[0]
    guard let op = node.op as? Reshape else { return keeps }
    return (keeps || op.dims[0] == 0) && !op.dims.dropFirst(2).contains(0)
  }
}
