public import Graphs
import Ops
import Tensors

/// What the scores of a pixel are to each other, as far as the operators show that make them.
public enum ScoreKind: Sendable, Hashable {
  /// What a layer of weights computes, so that a sigmoid or a softmax would make probabilities of it.
  case logits
  /// Logarithms of probabilities whose sum is 1.
  case logProbabilities
  /// Probabilities whose sum is 1: a softmax.
  case exclusive
  /// A probability each, whatever the others are: sigmoids.
  case independent
  case unknown
}

extension Graph {
  /// True where the first output is what a layer of weights computes.
  public var scoresAreLogits: Bool { scoreKind == .logits }

  /// What the scores of the first output are. Images are NHWC.
  public var scoreKind: ScoreKind { outputs.first.map { scoreKind($0.value) } ?? .unknown }

  private func scoreKind(_ scores: Value) -> ScoreKind {
    var value = scores
    while let input = nodes[value.node].inputs.first {
      switch nodes[value.node].op {
      case is Identity, is Resize2D, is Crop2D, is Transpose, is Squeeze, is ExpandDims, is Reshape: value = input
      case let op as Activate where op.activation == .linear: value = input
      case let op as Activate where op.activation.keepsProbabilities:
        let kind = scoreKind(input)
        return [.exclusive, .independent].contains(kind) ? kind : .unknown
      case let op as Activate: return op.activation.scoreKind
      case let op as Binary where op.activation == .linear:
        // A bias.
        let variables = nodes[value.node].inputs.filter { constant($0) == nil }
        guard variables.count == 1 else { return .unknown }
        return scoreKind(variables[0]) == .logits ? .logits : .unknown
      case let op as any ActivatedOp: return op.activation.scoreKind
      case let op as ResidualConv2D: return op.activation.scoreKind
      case let op as UpsampledTaps: return op.activation.scoreKind
      case is MatMul: return .logits
      case let op as Softmax: return isLast(op.axis, input) ? .exclusive : .unknown
      case let op as LogSoftmax: return isLast(op.axis, input) ? .logProbabilities : .unknown
      case let op as Concat where isLast(op.axis, input): return kindOfEach(nodes[value.node].inputs)
      default: return .unknown
      }
    }
    return .unknown
  }

  private func isLast(_ axis: Int, _ value: Value) -> Bool { axis == -1 || axis == self[value].rank - 1 }

  /// Of scores that several heads make.
  private func kindOfEach(_ heads: [Value]) -> ScoreKind {
    let kinds = Set(heads.map { scoreKind($0) })
    return kinds == [.independent] || kinds == [.logits] ? kinds.first ?? .unknown : .unknown
  }

  /// The graph whose first output has probabilities: of a single score, or of several that do not exclude each other, the sigmoid;
  /// of others the softmax. Images are NHWC.
  ///
  /// Errors: an output that is no image.
  public func withProbabilities(areIndependent: Bool = false) throws(GraphError) -> Graph {
    guard let output = outputs.first else { return self }
    var result = self
    let op: any Op = areIndependent || self[output.value].dims.last == 1 ? Activate(.sigmoid) : Softmax()
    let value = try result.add(op, [output.value], name: "\(output.name)/probabilities")
    return result.selectingOutputs([Output(name: output.name, value: value)] + outputs.dropFirst())
  }
}

extension Activation {
  /// Of scores that a layer with this activation makes.
  fileprivate var scoreKind: ScoreKind {
    switch self {
    case .linear: .logits
    case .sigmoid, .hardSigmoid: .independent
    default: .unknown
    }
  }

  /// True where probabilities stay what they are, but for the outermost.
  fileprivate var keepsProbabilities: Bool {
    if case .clamp(let low, let high) = self { low <= 0.01 && high >= 0.99 } else { self == .relu }
  }
}
