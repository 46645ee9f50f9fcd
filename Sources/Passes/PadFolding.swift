package import Graphs
import Ops
import Tensors

extension Pass {
  /// Lets a window read the zeros that a padding node would write.
  ///
  /// ```
  /// %1 pad = pad2d(%0) 1,1,1,1
  /// %2 conv = conv2d(%1, ...) strides=2x2 padding=valid
  ///   =>
  /// %1 pad+conv = conv2d(%0, ...) strides=2x2 padding=1,1,1,1
  /// ```
  ///
  /// Average pooling takes part where every window position counted as a whole one before; then padding is counted. Max pooling
  /// does not: its own padding is minus infinity, not zero.
  package static let padFolding = Pass("padFolding", foldPad)
}

@Sendable private func foldPad(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let first = node.inputs.first, let pad = graph.producer(first, as: Pad2D.self), pad.op.value == 0,
    let op = widened(node.op, by: pad.op)
  else { return nil }
  let inputs = [rewriter(pad.node.inputs[0])] + node.inputs.dropFirst().map { rewriter($0) }
  return try rewriter.add(op, inputs, name: "\(pad.node.name)+\(node.name)")
}

/// The operator that pads by itself, `nil` where it cannot mean the same.
private func widened(_ op: any Op, by pad: Pad2D) -> (any Op)? {
  switch op {
  case var op as Conv2D where op.sources == 1:
    guard let padding = op.padding.adding(pad) else { return nil }
    op.padding = padding
    return op
  case var op as DepthwiseConv2D:
    guard let padding = op.padding.adding(pad) else { return nil }
    op.padding = padding
    return op
  case var op as AveragePool2D:
    guard op.countPadding || op.padding.isNone, let padding = op.padding.adding(pad),
      padding.isLess(than: op.size)
    else { return nil }
    (op.padding, op.countPadding) = (padding, true)
    return op
  default: return nil
  }
}

extension Padding {
  /// Known sides, outermost first; `nil` where they depend on the size of what is padded.
  fileprivate var known: (top: Int, bottom: Int, left: Int, right: Int)? {
    switch self {
    case .same, .sameLower, .ceiling: nil
    case .valid: (0, 0, 0, 0)
    case .explicit(let top, let bottom, let left, let right): (top, bottom, left, right)
    }
  }

  /// True for no padding, whatever the size.
  var isNone: Bool { known.map { $0 == (0, 0, 0, 0) } ?? false }

  fileprivate func adding(_ pad: Pad2D) -> Padding? {
    known.map {
      .explicit(
        top: $0.top + pad.top, bottom: $0.bottom + pad.bottom, left: $0.left + pad.left, right: $0.right + pad.right)
    }
  }

  /// The bound that pooling sets on its padding, so that no window lies in padding alone.
  fileprivate func isLess(than window: Pair) -> Bool {
    known.map { max($0.top, $0.bottom, $0.left, $0.right) < min(window.height, window.width) } ?? false
  }
}
