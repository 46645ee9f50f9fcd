package import Graphs
import Tensors

extension Pass {
  /// Computes by its definition what depends on constants alone, and makes attributes of inputs that are known values.
  ///
  /// A result much larger than what it is made of stays to be computed, and so does what takes long.
  ///
  /// ```
  /// %0 a = constant()                        %0 sum = constant()
  /// %1 b = constant()                   =>
  /// %2 sum = binary(%0, %1) add
  /// ```
  package static let constantFolding = Pass("constantFolding", foldConstants)
}

/// Bytes that a result may have beyond those of the inputs, and multiply-adds that it may take.
private let (mostAddedBytes, mostMultiplyAdds) = (1 << 20, 1 << 28)

@Sendable private func foldConstants(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard !(node.op is Input), !(node.op is Constant), node.types.count == 1 else { return nil }
  if let known = node.types[0].tensor { return rewriter.constant(known, name: node.name) }
  let inputs = node.inputs.map { rewriter($0) }
  let constants = inputs.map { rewriter.graph.constant($0) }
  let settled: Settled?
  do { settled = try node.op.settled(inputs.map { rewriter.graph[$0] }, constants) } catch {
    throw GraphError(.types, node.name, "\(type(of: node.op).name): \(error.what)")
  }
  if let settled {
    return try rewriter.add(settled.op, Array(inputs.prefix(settled.inputs)), name: node.name)
  }
  let tensors = constants.compactMap { $0 }
  guard tensors.count == node.inputs.count, isWorthComputing(node, tensors) else { return nil }
  return rewriter.constant(node.op.evaluate(tensors)[0], name: node.name)
}

private func isWorthComputing(_ node: Node, _ inputs: [Tensor]) -> Bool {
  guard let shape = node.types[0].shape, node.op.multiplyAdds(inputs.map(\.type)) <= mostMultiplyAdds else {
    return false
  }
  let bytes = inputs.reduce(mostAddedBytes) { $0 + $1.shape.count * $1.dataType.byteCount }
  return shape.count <= bytes / node.types[0].dataType.byteCount
}
