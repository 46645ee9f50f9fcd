public import Graphs
import Ops
import Tensors

extension Pass {
  /// Chooses how convolutions are computed, by their weights.
  ///
  /// ```
  /// %3 conv = conv2d(%0, %1, %2) strides=1x1 padding=same
  ///   =>
  /// %3 conv = conv2d(%0, %1, %2) strides=1x1 padding=same winograd=4x4
  /// ```
  public static let algorithmSelection = Pass("algorithmSelection", selectAlgorithm)
}

@Sendable private func selectAlgorithm(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard var op = node.op as? any FilteredOp, op.algorithm == .direct,
    let kernel = graph.constant(node.inputs[op.kernelIndex]), kernel.dataType == .float32
  else { return nil }
  op.algorithm = op.bestAlgorithm(kernel: kernel)
  guard op.algorithm != .direct else { return nil }
  return try rewriter.add(op, node.inputs.map { rewriter($0) }, name: node.name)
}
