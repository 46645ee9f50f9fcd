package import Graphs
import Ops
import Tensors

extension Pass {
  /// Applies what works on each vector of channels alone to the image, before its rows and columns become one axis of tokens.
  ///
  /// ```
  /// %1 tokens = reshape(%0) [1,-1,32] : f32[1x?x32]
  /// %2 dense = dense(%1, ...) : f32[1x?x64]
  ///   =>
  /// %1 dense/image = dense(%0, ...) : f32[1x?x?x64]
  /// %2 dense = reshape(%1) [1,-1,64] : f32[1x?x64]
  /// ```
  ///
  /// Where tokens become an image again, the two reshapes meet, and at sizes at which they undo each other nothing is left that depends on
  /// the whole image.
  package static let tokenMotion = Pass("tokenMotion", moveTokens)
}

@Sendable private func moveTokens(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard node.types.count == 1, let place = graph.vectorInput(node),
    let tokens = graph.producer(node.inputs[place], as: Reshape.self)
  else { return nil }
  let image = graph[tokens.node.inputs[0]], from = tokens.node.types[0], to = node.types[0]
  // Axes of an attention are no rows and columns: what works on a vector of each alone would do little with one call.
  guard image.rank == 4, image.dims[2] != 1, image.dataType == .float32, from.rank < 4, from.rank == to.rank,
    let channels = image.dims[3],
    from.dims.last == channels, let result = to.dims.last ?? nil, result > 0
  else { return nil }
  var inputs = node.inputs.map { rewriter($0) }
  inputs[place] = rewriter(tokens.node.inputs[0])
  // Counted from the front, the last axis is another one now.
  let moved = try rewriter.add(node.op is Softmax ? Softmax() : node.op, inputs, name: "\(node.name)/image")
  return try rewriter.add(Reshape(dims: tokens.op.dims.dropLast() + [result]), [moved], name: node.name)
}

extension Graph {
  /// The input of whose last axis each vector makes a vector of the result, if the operator is such and the others are constants that are
  /// the same for all.
  fileprivate func vectorInput(_ node: Node) -> Int? {
    switch node.op {
    case is Dense, is LayerNorm, is BatchNorm:
      return node.inputs.dropFirst().allSatisfy { constant($0) != nil } ? 0 : nil
    case is Activate, is Unary: return 0
    case let op as Softmax: return op.axis == -1 || op.axis == node.types[0].rank - 1 ? 0 : nil
    case is Binary:
      guard let place = node.inputs.indices.first(where: { constant(node.inputs[$0]) == nil }),
        self[node.inputs[place]].rank == node.types[0].rank,
        node.inputs.indices.allSatisfy({ $0 == place || (constant(node.inputs[$0])?.shape.rank ?? 2) <= 1 })
      else { return nil }
      return place
    default: return nil
    }
  }
}
