package import Graphs
import Ops
import Tensors

extension Pass {
  /// Gives what can be said in several ways one form, so that layers which do the same look the same: padding that follows from
  /// kernel and stride is written as numbers, axes count from the front.
  ///
  /// ```
  /// %1 conv = conv2d(%0, ...) strides=1x1 padding=same
  ///   =>
  /// %1 conv = conv2d(%0, ...) strides=1x1 padding=1,1,1,1
  /// ```
  ///
  /// With a stride, what `same` adds to a convolution depends on the image's size, and it stays.
  package static let plainForm = Pass("plainForm", writePlainly)
}

@Sendable private func writePlainly(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  func kernel(_ input: Int) -> Pair? {
    let dims = graph[node.inputs[input]].dims
    guard dims.count == 4, let height = dims[0], let width = dims[1] else { return nil }
    return Pair(height, width)
  }
  let written: (any Op)?
  switch node.op {
  case var op as Conv2D:
    guard let kernel = kernel(op.sources),
      let padding = op.padding.written(kernel: kernel, strides: op.strides, dilation: op.dilation)
    else { return nil }
    op.padding = padding
    written = op
  case var op as DepthwiseConv2D:
    guard let kernel = kernel(1),
      let padding = op.padding.written(kernel: kernel, strides: op.strides, dilation: op.dilation)
    else { return nil }
    op.padding = padding
    written = op
  case let op as Conv2DTranspose: written = kernel(1).flatMap { op.written(kernel: $0) }
  case let op as Softmax where op.axis < 0: written = Softmax(axis: op.axis + graph[node.inputs[0]].rank)
  case let op as Concat where op.axis < 0: written = Concat(axis: op.axis + graph[node.inputs[0]].rank)
  default: return nil
  }
  guard let written else { return nil }
  return try rewriter.add(written, node.inputs.map { rewriter($0) }, name: node.name)
}

extension Padding {
  /// Nil where the padding is written as it should be, or depends on the size of the image.
  fileprivate func written(kernel: Pair, strides: Pair, dilation: Pair) -> Padding? {
    switch self {
    case .explicit(0, 0, 0, 0): return .valid
    case .same where strides == 1, .sameLower where strides == 1:
      let (rows, columns) = resolve(size: 1, kernel: kernel, stride: 1, dilation: dilation)
      guard kernel != 1 else { return .valid }
      return .explicit(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
    default: return nil
    }
  }
}

extension Conv2DTranspose {
  /// Nil where it is written so already.
  fileprivate func written(kernel: Pair) -> Conv2DTranspose? {
    let (rows, columns) = resolve(kernel: kernel)
    var result = self
    let (vertical, horizontal) = (rows.cuts, columns.cuts)
    result.padding = .explicit(
      top: vertical.before, bottom: vertical.after, left: horizontal.before, right: horizontal.after)
    result.outputPadding = .explicit(Pair(vertical.added, horizontal.added))
    return result == self ? nil : result
  }
}

extension ScatterWindow {
  /// What is dropped on either side of the full result, and what is added at its end; the same for every size.
  fileprivate var cuts: (before: Int, after: Int, added: Int) {
    let full = 7 * stride + extent, before = crop(8), change = output(8) - full + before
    return change > 0 ? (before, 0, change) : (before, -change, 0)
  }
}
