package import Graphs
import Ops
import Tensors

extension Pass {
  /// Folds nearest upsampling into the direct convolution that reads it: taps that read copies of one pixel add up.
  ///
  /// ```
  /// %1 up = resize(%0) nearest scale=2x2 : f32[1x?x?x64]
  /// %4 conv = conv2d(%1, %2, %3) strides=1x1 padding=same activation=relu : f32[1x?x?x32]
  ///   =>
  /// %3 up+conv = conv2d_transpose(%0, %1, %2) strides=2x2 padding=1,1,1,1 activation=relu : f32[1x?x?x32]
  /// ```
  ///
  /// For a kernel of k taps and a factor f an output pixel has (k + f - 1) / f taps along each axis.
  package static let upsamplingFolding = Pass("upsamplingFolding", foldUpsampling)
}

@Sendable private func foldUpsampling(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let conv = node.op as? Conv2D, conv.algorithm == .direct, conv.sources == 1, conv.strides == 1,
    conv.dilation == 1, conv.groups == 1,
    let resize = graph.producer(node.inputs[0], as: Resize.self), let factors = resize.op.repeats, factors != 1,
    rewriter.hasSingleUser(resize.index),
    let kernel = graph.constant(node.inputs[1]), kernel.shape.rank == 4,
    let crop = crop(conv.padding, Pair(kernel.shape[0], kernel.shape[1]))
  else { return nil }
  let name = "\(resize.node.name)+\(node.name)"
  let weights = rewriter.constant(
    spread(kernel, factors), name: "\(graph.nodes[node.inputs[1].node].name)+\(resize.node.name)")
  let op = Conv2DTranspose(
    strides: factors, padding: crop, outputPadding: .explicit(0), activation: conv.activation)
  let rest = node.inputs.dropFirst(2).map { rewriter($0) }
  return try rewriter.add(op, [rewriter(resize.node.inputs[0]), weights] + rest, name: name)
}

/// What is cut off the transposed convolution, so that output pixels lie where those of the convolution do; `nil` for padding beyond the
/// kernel.
private func crop(_ padding: Padding, _ kernel: Pair) -> Padding? {
  // With stride 1 the padding is the same for all sizes.
  let (rows, columns) = padding.resolve(size: kernel, kernel: kernel, stride: 1)
  let sides = [
    kernel.height - 1 - rows.before, kernel.height - 1 - rows.after, kernel.width - 1 - columns.before,
    kernel.width - 1 - columns.after,
  ]
  guard sides.allSatisfy({ $0 >= 0 }) else { return nil }
  return .explicit(top: sides[0], bottom: sides[1], left: sides[2], right: sides[3])
}

/// The kernel `[kh, kw, in, out]` of the convolution as `[kh + fh - 1, kw + fw - 1, out, in]` of the transposed one: tap a of the former
/// lies at k - 1 - a and the f - 1 places after it.
private func spread(_ kernel: Tensor, _ factors: Pair) -> Tensor {
  let (shape, w) = (kernel.shape, kernel.floats)
  let result: Shape = [shape[0] + factors.height - 1, shape[1] + factors.width - 1, shape[3], shape[2]]
  var sums = [Double](repeating: 0, count: result.count)
  for i in 0..<shape[0] {
    for j in 0..<shape[1] {
      for row in shape[0] - 1 - i..<shape[0] - 1 - i + factors.height {
        for column in shape[1] - 1 - j..<shape[1] - 1 - j + factors.width {
          for c in 0..<shape[2] {
            for o in 0..<shape[3] {
              sums[((row * result[1] + column) * shape[3] + o) * shape[2] + c] +=
                Double(w[((i * shape[1] + j) * shape[2] + c) * shape[3] + o])
            }
          }
        }
      }
    }
  }
  return Tensor(result, sums.map(Float.init))
}
