package import Graphs
import Ops
import Tensors

extension Pass {
  /// Multiplies the scale of a batch normalisation into the kernel before it and its shift into the bias; likewise what else
  /// multiplies channels by constants and adds constants to them.
  ///
  /// ```
  /// %3 conv = conv2d(%0, %1, %2) ...
  /// %8 bn = batch_norm(%3, %4, %5, %6, %7) epsilon=0.001
  ///   =>
  /// %1 conv/kernel+bn = constant()
  /// %2 conv/bias+bn = constant()
  /// %3 conv+bn = conv2d(%0, %1, %2) ...
  /// ```
  ///
  /// With `s = gamma / sqrt(variance + epsilon)` per result channel: kernel times s, and `(bias - mean) * s + beta`, in double
  /// precision, rounded once. Nothing is folded where a result would not be finite.
  package static let batchNormFolding = Pass("batchNormFolding", foldBatchNorm)
}

@Sendable private func foldBatchNorm(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let affine = ChannelAffine(graph, node), let layer = weightedLayer(graph, affine.source),
    rewriter.hasSingleUser(layer.index), let kernel = graph.constant(layer.node.inputs[layer.op.kernelInput]),
    layer.op.channels(of: kernel.shape).count == affine.scale.count
  else { return nil }

  var bias = [Float](repeating: 0, count: affine.scale.count)
  let biasValue = layer.node.inputs.dropFirst(layer.op.kernelInput + 1).first
  if let biasValue {
    guard let constant = graph.constant(biasValue) else { return nil }
    bias = constant.floats
  }
  let scaled =
    affine.scale.allSatisfy { $0 == 1 }
    ? nil : multiplied(kernel.floats, by: affine.scale, layer.op.channels(of: kernel.shape))
  let shifted = bias.indices.map { Float(Double(bias[$0]) * affine.scale[$0] + affine.shift[$0]) }
  guard scaled?.areFinite ?? true, shifted.areFinite else { return nil }

  var op = layer.op
  op.activation = affine.activation
  let kernelName = graph.nodes[layer.node.inputs[op.kernelInput].node].name
  let biasName = biasValue.map { graph.nodes[$0.node].name } ?? "\(layer.node.name)/bias"
  let images = layer.node.inputs[..<op.kernelInput].map { rewriter($0) }
  let weights = [
    scaled.map { rewriter.constant(Tensor(kernel.shape, $0), name: "\(kernelName)+\(node.name)") }
      ?? rewriter(layer.node.inputs[op.kernelInput]),
    rewriter.constant(Tensor([shifted.count], shifted), name: "\(biasName)+\(node.name)"),
  ]
  return try rewriter.add(op, images + weights, name: "\(layer.node.name)+\(node.name)")
}

/// The layer that makes a value, if nothing but a linear function with weights lies in it.
private func weightedLayer(_ graph: Graph, _ value: Value) -> (index: Int, node: Node, op: any WeightedOp)? {
  guard value.result == 0, let op = graph.nodes[value.node].op as? any WeightedOp, op.activation == .linear else {
    return nil
  }
  return (value.node, graph.nodes[value.node], op)
}

/// A kernel with the elements of each result channel multiplied by the channel's factor.
private func multiplied(_ kernel: [Float], by factors: [Double], _ runs: ChannelRuns) -> [Float] {
  [Float](count: kernel.count) { result in
    kernel.withUnsafeBufferPointer { kernel in
      factors.withUnsafeBufferPointer { factors in
        guard let source = kernel.baseAddress, let factor = factors.baseAddress, let target = result.baseAddress,
          kernel.count > 0
        else { return }
        for start in stride(from: 0, to: kernel.count, by: runs.count * runs.length) {
          multiply(source + start, by: factor, runs, into: target + start)
        }
      }
    }
  }
}

/// Multiplies one run of every channel.
private func multiply(
  _ source: UnsafePointer<Float>, by factors: UnsafePointer<Double>, _ runs: ChannelRuns,
  into target: UnsafeMutablePointer<Float>
) {
  if runs.length == 1 {
    for channel in 0..<runs.count { target[channel] = Float(Double(source[channel]) * factors[channel]) }
    return
  }
  for channel in 0..<runs.count {
    let (from, to) = (source + channel * runs.length, target + channel * runs.length)
    for element in 0..<runs.length { to[element] = Float(Double(from[element]) * factors[channel]) }
  }
}
