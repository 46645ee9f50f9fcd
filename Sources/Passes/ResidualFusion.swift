package import Graphs
import Ops
import Tensors

extension Pass {
  /// Lets a pointwise convolution add the image that its result is added to, so that the result alone is never written.
  ///
  /// ```
  /// %4 conv = conv2d(%2, %3) strides=1x1 padding=valid
  /// %5 add = binary(%1, %4) add activation=relu
  ///   =>
  /// %4 conv+add = residual_conv2d(%2, %3, %1) strides=1x1 padding=valid activation=relu
  /// ```
  ///
  /// Of two such convolutions the later one adds the result of the earlier one.
  package static let residualFusion = Pass("residualFusion", fuseResidual)
}

@Sendable private func fuseResidual(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let add = node.op as? Binary, add.function == .add else { return nil }
  for side in [0, 1].sorted(by: { node.inputs[$0].node > node.inputs[$1].node }) {
    let addend = node.inputs[1 - side]
    guard let conv = graph.producer(node.inputs[side], as: Conv2D.self), conv.op.activation == .linear,
      graph.isPointwise(conv.op, conv.node), rewriter.hasSingleUser(conv.index),
      graph[addend].dims == graph[node.inputs[side]].dims, graph.constant(addend) == nil
    else { continue }
    let op = ResidualConv2D(conv.op, activation: add.activation)
    return try rewriter.add(
      op, (conv.node.inputs + [addend]).map { rewriter($0) }, name: "\(conv.node.name)+\(node.name)")
  }
  return nil
}
