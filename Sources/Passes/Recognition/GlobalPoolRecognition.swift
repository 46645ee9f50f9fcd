package import Graphs
import Ops
import Tensors

extension Pass {
  /// Makes a reduction over all rows and columns of an image the pooling that it is, as PyTorch's newer exporter writes it.
  ///
  /// ```
  /// %1 mean = reduce(%0) mean axes=[2,1] keepDims : f32[1x1x1x72]
  ///   =>
  /// %1 mean = global_pool2d(%0) average keepDims : f32[1x1x1x72]
  /// ```
  package static let globalPoolRecognition = Pass("globalPoolRecognition", recogniseGlobalPool)
}

@Sendable private func recogniseGlobalPool(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let op = node.op as? Reduce, op.kind == .mean || op.kind == .max else { return nil }
  let image = graph[node.inputs[0]]
  guard image.rank == 4, image.dataType == .float32, image.dims[1] != 0, image.dims[2] != 0,
    op.axes.map({ $0 < 0 ? $0 + 4 : $0 }).sorted() == [1, 2]
  else { return nil }
  let pool = GlobalPool2D(kind: op.kind == .mean ? .average : .max, keepDims: op.keepDims)
  return try rewriter.add(pool, [rewriter(node.inputs[0])], name: node.name)
}
