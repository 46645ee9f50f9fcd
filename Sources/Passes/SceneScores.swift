public import Graphs
import Ops
import Tensors

extension Graph {
  /// True where the first output is what a layer of weights computes, so that a sigmoid or a softmax would make probabilities of it.
  public var scoresAreLogits: Bool {
    guard var value = outputs.first?.value else { return false }
    while let input = nodes[value.node].inputs.first {
      switch nodes[value.node].op {
      case is Identity, is Resize2D, is Crop2D, is Transpose, is Squeeze, is ExpandDims, is Reshape: value = input
      case let op as Binary:
        // A bias.
        let variables = nodes[value.node].inputs.filter { constant($0) == nil }
        guard op.activation == .linear, variables.count == 1 else { return false }
        value = variables[0]
      case let op as any ActivatedOp: return op.activation == .linear
      case let op as ResidualConv2D: return op.activation == .linear
      case let op as UpsampledTaps: return op.activation == .linear
      case is MatMul: return true
      default: return false
      }
    }
    return false
  }

  /// The graph whose first output has probabilities: of a single score the sigmoid, of several the softmax. Images are NHWC.
  ///
  /// Errors: an output that is no image.
  public func withProbabilities() throws(GraphError) -> Graph {
    guard let output = outputs.first else { return self }
    var result = self
    let op: any Op = self[output.value].dims.last == 1 ? Activate(.sigmoid) : Softmax()
    let value = try result.add(op, [output.value], name: "\(output.name)/probabilities")
    return result.selectingOutputs([Output(name: output.name, value: value)] + outputs.dropFirst())
  }
}
