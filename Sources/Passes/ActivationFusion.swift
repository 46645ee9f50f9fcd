package import Graphs
import Ops

extension Pass {
  /// Lets an operator apply the elementwise function that follows it.
  ///
  /// ```
  /// %3 conv = conv2d(%0, %1, %2) ...
  /// %4 relu = activate(%3) relu
  ///   =>
  /// %3 conv+relu = conv2d(%0, %1, %2) ... activation=relu
  /// ```
  package static let activationFusion = Pass("activationFusion", fuseActivation)
}

@Sendable private func fuseActivation(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let activate = node.op as? Activate, node.inputs[0].result == 0 else { return nil }
  let layer = graph.nodes[node.inputs[0].node]
  guard var op = layer.op as? any ActivatedOp, op.activation == .linear,
    rewriter.hasSingleUser(node.inputs[0].node)
  else { return nil }
  op.activation = activate.activation
  return try rewriter.add(op, layer.inputs.map { rewriter($0) }, name: "\(layer.name)+\(node.name)")
}
