package import Graphs
import Ops
import Tensors

extension Pass {
  /// Multiplies the taps of a convolution before the upsampling of the image that it reads.
  ///
  /// ```
  /// %1 up = resize(%0) linear scale=4x4 : f32[1x?x?x64]
  /// %5 conv = conv2d(%1, %2, %3, %4) strides=1x1 padding=same sources=2 activation=relu : f32[1x?x?x16]
  ///   =>
  /// %4 conv/taps = conv2d(%0, %2, %3) strides=1x1 padding=valid : f32[1x?x?x144]
  /// %6 conv/rest = conv2d(%1, %5) strides=1x1 padding=same : f32[1x?x?x16]
  /// %7 conv = upsampled_taps(%4, %6) linear scale=4x4 kernel=3x3 activation=relu : f32[1x?x?x16]
  /// ```
  ///
  /// The multiplications by the kernel shrink by the area of the scale. Fast convolution saves as much as a scale of 2, so that
  /// larger scales alone are rewritten.
  package static let tapsBeforeUpsampling = Pass("tapsBeforeUpsampling", multiplyTapsFirst)
}

@Sendable private func multiplyTapsFirst(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let conv = node.op as? Conv2D, conv.strides == 1, conv.dilation == 1, conv.groups == 1, conv.padding == .same,
    let kernel = graph.constant(node.inputs[conv.sources]), kernel.shape[0] > 1, kernel.shape[1] > 1
  else { return nil }
  var bias = [Float](repeating: 0, count: kernel.shape[3])
  if let value = node.inputs.dropFirst(conv.sources + 1).first {
    guard let constant = graph.constant(value) else { return nil }
    bias = constant.floats
  }
  for source in 0..<conv.sources {
    guard let up = graph.producer(node.inputs[source], as: Resize.self), up.op.rule.method == .linear,
      up.op.rule.isCentredByWholeFactors, let scale = up.op.imageFactors, scale.height > 2, scale.width > 2,
      rewriter.hasSingleUser(up.index),
      let first = channels(before: source, of: node, in: graph), let count = graph[node.inputs[source]].dims[3]
    else { continue }
    let split = SplitKernel(kernel, first..<first + count)
    let taps = try rewriter.add(
      Conv2D(),
      [
        rewriter(up.node.inputs[0]), rewriter.constant(split.taps, name: "\(node.name)/taps/kernel"),
        rewriter.constant(split.biases(bias), name: "\(node.name)/taps/bias"),
      ], name: "\(node.name)/taps")
    var products = [taps]
    if conv.sources > 1 {
      var images = node.inputs[..<conv.sources].map { rewriter($0) }
      images.remove(at: source)
      let rest = Conv2D(padding: .same, sources: conv.sources - 1)
      images.append(rewriter.constant(split.rest, name: "\(node.name)/rest/kernel"))
      products.append(try rewriter.add(rest, images, name: "\(node.name)/rest"))
    }
    let sum = UpsampledTaps(
      method: .linear, scale: scale, kernel: Pair(kernel.shape[0], kernel.shape[1]), activation: conv.activation)
    return try rewriter.add(sum, products, name: node.name)
  }
  return nil
}

/// How many channels the sources before one have.
private func channels(before source: Int, of node: Node, in graph: Graph) -> Int? {
  node.inputs[..<source].reduce(Int?.some(0)) { sum, image in
    sum.flatMap { sum in graph[image].dims[3].map { sum + $0 } }
  }
}

/// An HWIO kernel cut by input channels.
private struct SplitKernel {
  /// `[1, 1, chosen, taps * out]`: the chosen channels, a matrix for each tap.
  let taps: Tensor
  /// The kernel of the other channels.
  let rest: Tensor
  private let shape: Shape

  init(_ kernel: Tensor, _ chosen: Range<Int>) {
    shape = kernel.shape
    let (values, count, inputs, outputs) = (kernel.floats, shape[0] * shape[1], shape[2], shape[3])
    var first: [Float] = [], others: [Float] = []
    for channel in chosen {
      for tap in 0..<count {
        let start = (tap * inputs + channel) * outputs
        first += values[start..<start + outputs]
      }
    }
    for tap in 0..<count {
      for channel in 0..<inputs where !chosen.contains(channel) {
        let start = (tap * inputs + channel) * outputs
        others += values[start..<start + outputs]
      }
    }
    taps = Tensor([1, 1, chosen.count, count * outputs], first)
    rest = Tensor([shape[0], shape[1], inputs - chosen.count, outputs], others)
  }

  /// The bias at the tap that every output pixel reads, whose upsampled product keeps it; zeros at the others.
  func biases(_ bias: [Float]) -> Tensor {
    let centre = (shape[0] - 1) / 2 * shape[1] + (shape[1] - 1) / 2
    var result = [Float](repeating: 0, count: shape[0] * shape[1] * shape[3])
    for (n, value) in bias.enumerated() { result[centre * shape[3] + n] = value }
    return Tensor([result.count], result)
  }
}
