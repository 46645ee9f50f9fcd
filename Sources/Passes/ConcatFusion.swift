package import Graphs
import Ops
import Tensors

extension Pass {
  /// Lets convolutions read the pieces of a concatenation, so that the whole is never written.
  ///
  /// ```
  /// %2 skip = concat(%0, %1) axis=-1
  /// %4 conv = conv2d(%2, %3) ...
  ///   =>
  /// %3 skip+conv = conv2d(%0, %1, %2) ... sources=2
  /// ```
  ///
  /// It applies when every user of the concatenation is such a convolution; with another user the whole is written anyway.
  package static let concatFusion = Pass("concatFusion", fuseConcat)
}

@Sendable private func fuseConcat(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard var op = node.op as? Conv2D, let concat = graph.producer(node.inputs[0], as: Concat.self),
    joinsChannels(graph, concat.node, axis: concat.op.axis),
    !rewriter.outputs.contains(Value(concat.index)),
    rewriter.users[concat.index].allSatisfy({ readsAsImage(graph.nodes[$0], concat.index) })
  else { return nil }
  op.sources = concat.node.inputs.count
  let inputs = concat.node.inputs + node.inputs.dropFirst()
  return try rewriter.add(op, inputs.map { rewriter($0) }, name: "\(concat.node.name)+\(node.name)")
}

/// True for images joined along channels, none of them a constant, which could not be read as rows.
private func joinsChannels(_ graph: Graph, _ concat: Node, axis: Int) -> Bool {
  (axis == -1 || axis == 3) && concat.types[0].rank == 4
    && concat.inputs.allSatisfy { graph.constant($0) == nil && graph[$0].dataType == .float32 }
}

private func readsAsImage(_ user: Node, _ concat: Int) -> Bool {
  guard let conv = user.op as? Conv2D, conv.sources == 1, conv.groups == 1 else { return false }
  return user.inputs[0].node == concat && user.inputs.dropFirst().allSatisfy { $0.node != concat }
}
