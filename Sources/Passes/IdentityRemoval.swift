package import Graphs
import Ops
import Tensors

extension Pass {
  /// Drops operators that pass their input on unchanged for every input size.
  ///
  /// ```
  /// %1 conv = conv2d(%0, ...)                %1 conv = conv2d(%0, ...)
  /// %2 dropout = identity(%1)           =>   %2 pool = max_pool2d(%1)
  /// %3 pool = max_pool2d(%2)
  /// ```
  package static let identityRemoval = Pass("identityRemoval", removeIdentity)
}

@Sendable private func removeIdentity(_ graph: Graph, _ index: Int, _ rewriter: inout Rewriter) -> Value? {
  let node = graph.nodes[index]
  guard let input = node.inputs.first, changesNothing(node.op, graph[input]), node.inputs.count == 1 else {
    return nil
  }
  // An output that is an input itself would have no step that computes it.
  if graph.nodes[input.node].op is Input, rewriter.outputs.contains(Value(index)) { return nil }
  return rewriter(input)
}

private func changesNothing(_ op: any Op, _ input: TensorType) -> Bool {
  switch op {
  case is Concat: true
  case let op as Activate: op.activation == .linear
  case let op as Transpose: op.permutation == Array(input.dims.indices)
  case let op as Reshape: copiesEachDimension(op, of: input)
  default: op.passesOn([TensorType(input.dataType, [Int?](repeating: nil, count: input.rank))])
  }
}

/// True when every dimension is copied or named as it is; -1 may stand for a single one.
private func copiesEachDimension(_ op: Reshape, of input: TensorType) -> Bool {
  op.dims.count == input.rank && zip(op.dims, input.dims).allSatisfy { $0 <= 0 || $0 == $1 }
}
