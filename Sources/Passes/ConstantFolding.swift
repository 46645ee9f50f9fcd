public import Graphs
import Tensors

extension Pass {
  /// Computes by its definition what depends on constants alone.
  ///
  /// ```
  /// %0 a = constant()                        %0 sum = constant()
  /// %1 b = constant()                   =>
  /// %2 sum = binary(%0, %1) add
  /// ```
  public static let constantFolding = Pass("constantFolding", foldConstants)
}

@Sendable private func foldConstants(_ graph: Graph, _ index: Int, _ rewriter: inout Rewriter) -> Value? {
  let node = graph.nodes[index]
  guard !node.inputs.isEmpty, node.types.count == 1 else { return nil }
  let tensors = node.inputs.compactMap { rewriter.graph.constant(rewriter($0)) }
  guard tensors.count == node.inputs.count else { return nil }
  return rewriter.constant(node.op.evaluate(tensors)[0], name: node.name)
}
