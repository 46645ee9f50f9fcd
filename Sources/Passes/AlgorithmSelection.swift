package import Graphs
package import Kernels
package import Ops
import Tensors

extension Pass {
  /// Chooses how convolutions are computed, by their weights.
  ///
  /// ```
  /// %3 conv = conv2d(%0, %1, %2) strides=1x1 padding=same
  ///   =>
  /// %3 conv = conv2d(%0, %1, %2) strides=1x1 padding=same winograd=4x4
  /// ```
  ///
  /// Minimal filtering multiplies with the given precision; `kernels` are those that will run the graph.
  package static func algorithmSelection(_ precision: Precision, _ kernels: KernelSet) -> Pass {
    Pass("algorithmSelection") { (graph, index, rewriter) throws(GraphError) in
      try selectAlgorithm(graph, index, &rewriter, precision, kernels)
    }
  }
}

private func selectAlgorithm(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter, _ precision: Precision, _ kernels: KernelSet
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard var op = node.op as? any FilteredOp, op.algorithm == .direct,
    let kernel = graph.constant(node.inputs[op.kernelIndex]), kernel.dataType == .float32
  else { return nil }
  guard case .winograd(let tile, _) = op.bestAlgorithm(kernel: kernel, kernels: kernels) else { return nil }
  op.algorithm = .winograd(tile: tile, precision: precision)
  return try rewriter.add(op, node.inputs.map { rewriter($0) }, name: node.name)
}
