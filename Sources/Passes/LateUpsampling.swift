package import Graphs
import Ops
import Tensors

extension Pass {
  /// Moves an upsampling behind the layers that treat each pixel alone, which then compute fewer pixels.
  ///
  /// ```
  /// %1 up = resize(%0) linear scale=4x4 : f32[1x?x?x64]
  /// %4 conv = conv2d(%1, %2, %3) strides=1x1 padding=valid activation=relu : f32[1x?x?x5]
  ///   =>
  /// %3 conv = conv2d(%0, %1, %2) strides=1x1 padding=valid : f32[1x?x?x5]
  /// %4 up = resize(%3) linear scale=4x4 : f32[1x?x?x5]
  /// %5 conv/activation = activate(%4) relu : f32[1x?x?x5]
  /// ```
  ///
  /// A repeated pixel gives a repeated result, so nearest upsampling changes places with any such layer and no bit changes. The
  /// weights of other upsampling sum to one, so it changes places with affine layers, up to rounding; an activation stays behind
  /// it. Layers that widen the image stay where they are.
  package static let lateUpsampling = Pass("lateUpsampling", delayUpsampling)
}

@Sendable private func delayUpsampling(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let image = node.inputs.first, let resize = graph.producer(image, as: Resize.self),
    resize.op.enlarges(graph[resize.node.inputs[0]]), rewriter.hasSingleUser(resize.index),
    let channels = graph[image].dims[3], let narrowed = node.types[0].dims.last ?? nil, narrowed <= channels,
    let layer = pointwise(graph, node, under: resize.op.rule.method)
  else { return nil }
  let inputs = [rewriter(resize.node.inputs[0])] + node.inputs.dropFirst().map { rewriter($0) }
  let early = try rewriter.add(layer.op, inputs, name: node.name)
  let late = try rewriter.add(resize.op, [early], name: resize.node.name)
  guard layer.rest != .linear else { return late }
  return try rewriter.add(Activate(layer.rest), [late], name: "\(node.name)/activation")
}

extension Resize {
  /// True where rows and columns of an image alone change and none of them shrinks, whatever its size.
  fileprivate func enlarges(_ image: TensorType) -> Bool {
    image.rank == 4 && isOfImages && proportions == .stretch
      && axes.allSatisfy { axis in
        switch axis.target {
        case .scale(let scale): scale >= 1
        case .size(let size): image.dims[axis.axis].map { size >= $0 } ?? false
        }
      }
  }
}

/// The part of a layer that changes places with the upsampling, and the activation that does not; `nil` for a layer that
/// mixes pixels.
private func pointwise(
  _ graph: Graph, _ node: Node, under method: ResizeRule.Method
) -> (op: any Op, rest: Activation)? {
  switch node.op {
  case is Activate: return method == .nearest ? (node.op, .linear) : nil
  case let op as Softmax: return method == .nearest && [-1, 3].contains(op.axis) ? (op, .linear) : nil
  case is Dense, is BatchNorm: break
  case let op as Conv2D: guard op.sources == 1 && op.strides == 1 && graph.isPointwise(op, node) else { return nil }
  default: return nil
  }
  guard method != .nearest, var affine = node.op as? any ActivatedOp else { return (node.op, .linear) }
  let rest = affine.activation
  affine.activation = .linear
  return (affine, rest)
}
