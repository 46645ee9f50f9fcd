package import Graphs
import Ops
import Tensors

extension Pass {
  /// Multiplies what scales and shifts channels behind a normalisation into its own gamma and beta.
  ///
  /// ```
  /// %3 norm = group_norm(%0, %1, %2) ...
  /// %5 mul = binary(%3, %4) multiply
  ///   =>
  /// %1 norm/gamma+mul = constant()
  /// %3 norm+mul = group_norm(%0, %1, %2) ...
  /// ```
  package static let normAffineFolding = Pass("normAffineFolding", foldNormAffine)
}

@Sendable private func foldNormAffine(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let affine = ChannelAffine(graph, node), affine.source.result == 0,
    rewriter.hasSingleUser(affine.source.node)
  else { return nil }
  let norm = graph.nodes[affine.source.node]
  let op: any Op
  switch norm.op {
  case var group as GroupNorm where group.activation == .linear:
    group.activation = affine.activation
    op = group
  case let layer as LayerNorm where affine.activation == .linear: op = layer
  default: return nil
  }
  guard let gamma = graph.constant(norm.inputs[1])?.floats, let beta = graph.constant(norm.inputs[2])?.floats,
    gamma.count == affine.scale.count, beta.count == affine.scale.count
  else { return nil }
  let scaled = gamma.indices.map { Float(Double(gamma[$0]) * affine.scale[$0]) }
  let shifted = beta.indices.map { Float(Double(beta[$0]) * affine.scale[$0] + affine.shift[$0]) }
  guard (scaled + shifted).allSatisfy(\.isFinite) else { return nil }
  let parameters = [
    rewriter.constant(Tensor([scaled.count], scaled), name: "\(norm.name)/gamma+\(node.name)"),
    rewriter.constant(Tensor([shifted.count], shifted), name: "\(norm.name)/beta+\(node.name)"),
  ]
  return try rewriter.add(op, [rewriter(norm.inputs[0])] + parameters, name: "\(norm.name)+\(node.name)")
}
