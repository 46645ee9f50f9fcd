package import Graphs
import Ops
import Tensors

extension Pass {
  /// Makes a layer normalisation of the operators that older exporters write for it.
  ///
  /// ```
  /// %1 mean = reduce(%0) mean axes=[-1] keepDims
  /// %2 sub = binary(%0, %1) subtract
  /// %4 pow = binary(%2, %3) power
  /// %5 variance = reduce(%4) mean axes=[-1] keepDims
  /// %7 add = binary(%5, %6) add
  /// %8 sqrt = activate(%7) sqrt
  /// %9 div = binary(%2, %8) divide
  ///   =>
  /// %3 div = layer_norm(%0, %1, %2) epsilon=1e-05
  /// ```
  ///
  /// What multiplies and shifts channels behind it is the business of `Pass.normAffineFolding`.
  package static let layerNormRecognition = Pass("layerNormRecognition", recogniseLayerNorm)
}

@Sendable private func recogniseLayerNorm(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let op = node.op as? Binary, op == Binary(.divide),
    let difference = graph.producer(node.inputs[0], as: Binary.self), difference.op == Binary(.subtract)
  else { return nil }
  let x = difference.node.inputs[0]
  guard graph.meanOfChannels(difference.node.inputs[1]) == x,
    let epsilon = graph.deviationEpsilon(node.inputs[1], of: node.inputs[0]),
    let channels = graph[x].dims.last ?? nil, channels > 0, node.types[0] == graph[x]
  else { return nil }
  let gamma = rewriter.constant(Tensor([channels], [Float](repeating: 1, count: channels)), name: "\(node.name)/gamma")
  let beta = rewriter.constant(Tensor([channels], [Float](repeating: 0, count: channels)), name: "\(node.name)/beta")
  return try rewriter.add(LayerNorm(epsilon: epsilon), [rewriter(x), gamma, beta], name: node.name)
}

extension Graph {
  /// `x` of its mean along the last axis, which is kept.
  fileprivate func meanOfChannels(_ value: Value) -> Value? {
    guard let mean = producer(value, as: Reduce.self), mean.op.kind == .mean, mean.op.keepDims else { return nil }
    let x = mean.node.inputs[0]
    return mean.op.axes == [-1] || mean.op.axes == [self[x].rank - 1] ? x : nil
  }

  /// Epsilon of `sqrt(mean(d^2) + epsilon)`.
  fileprivate func deviationEpsilon(_ value: Value, of difference: Value) -> Float? {
    guard let root = producer(value, as: Activate.self), root.op.activation == .sqrt,
      let sum = producer(root.node.inputs[0], as: Binary.self), sum.op == Binary(.add)
    else { return nil }
    for place in [0, 1] {
      guard let epsilon = number(sum.node.inputs[place]), epsilon >= 0,
        let squares = meanOfChannels(sum.node.inputs[1 - place]), isSquare(squares, of: difference)
      else { continue }
      return Float(epsilon)
    }
    return nil
  }

  private func isSquare(_ value: Value, of x: Value) -> Bool {
    if let square = producer(value, as: Activate.self) {
      return square.op.activation == .square && square.node.inputs[0] == x
    }
    guard let binary = producer(value, as: Binary.self) else { return false }
    if binary.op == Binary(.multiply) { return binary.node.inputs == [x, x] }
    return binary.op == Binary(.power) && binary.node.inputs[0] == x && number(binary.node.inputs[1]) == 2
  }
}
