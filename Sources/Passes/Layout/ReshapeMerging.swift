package import Graphs
import Ops
import Tensors

extension Pass {
  /// Joins reshapes that follow each other; a transposition that moves axes of size 1 alone counts as one.
  ///
  /// ```
  /// %1 a = reshape(%0) [0,-1,4] : f32[1x?x4]
  /// %2 b = reshape(%1) [0,1,-1,4] : f32[1x1x?x4]
  ///   =>
  /// %1 b = reshape(%0) [0,1,-1,4] : f32[1x1x?x4]
  /// ```
  package static let reshapeMerging = Pass("reshapeMerging", mergeReshapes)
}

@Sendable private func mergeReshapes(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  if let op = node.op as? Transpose {
    guard let dims = reshape(op, graph[node.inputs[0]]) else { return nil }
    return try rewriter.add(Reshape(dims: dims), [rewriter(node.inputs[0])], name: node.name)
  }
  if let op = node.op as? DynamicReshape, let inner = graph.producer(node.inputs[0], as: Reshape.self) {
    // A 0 would copy another dimension than before.
    guard op.copiesNothing || !(graph[node.inputs[1]].elements ?? [0]).contains(0) else { return nil }
    return try rewriter.add(op, [rewriter(inner.node.inputs[0]), rewriter(node.inputs[1])], name: node.name)
  }
  guard let op = node.op as? Reshape, let inner = graph.producer(node.inputs[0], as: Reshape.self),
    let dims = joined(inner.op.dims, op.dims, graph[node.inputs[0]])
  else { return nil }
  return try rewriter.add(Reshape(dims: dims), [rewriter(inner.node.inputs[0])], name: node.name)
}

/// The shape that a transposition gives without any element changing its place in memory; `nil` where one does, or where
/// sizes are unknown or 0.
private func reshape(_ op: Transpose, _ input: TensorType) -> [Int]? {
  let moved = op.permutation.filter { input.dims[$0] != 1 }
  guard op.permutation != Array(op.permutation.indices), moved == moved.sorted(), !input.dims.contains(0),
    input.dims.count(where: { $0 == nil }) <= 1
  else { return nil }
  return op.permutation.map { input.dims[$0] ?? -1 }
}

/// The dimensions of a reshape that does the work of two; `middle` is the type between them.
private func joined(_ first: [Int], _ second: [Int], _ middle: TensorType) -> [Int]? {
  var dims = second
  for (place, dim) in second.enumerated() where dim == 0 {
    // A copied dimension, which may itself be a copy.
    guard place < first.count else { return nil }
    if first[place] == 0 { continue }
    guard let size = middle.dims[place], size > 0 else { return nil }
    dims[place] = size
  }
  return dims
}
