import Graphs
import Ops
import Tensors

/// What the values of a graph are as scores, each from those that it is made of.
struct ScoreAnalysis {
  /// Of the node that was asked for.
  let kind: ScoreKind

  init(_ graph: Graph, _ node: Int) {
    // Without what depends on no image.
    var kinds: [Int: ScoreKind] = [:]
    for index in graph.ancestors(of: node).sorted() {
      let inputs = graph.nodes[index].inputs.map { kinds[$0.node] }
      guard inputs.contains(where: { $0 != nil }) || graph.nodes[index].op is Input else { continue }
      kinds[index] = ScoreAnalysis.kind(graph, graph.nodes[index], inputs)
    }
    kind = kinds[node] ?? .unknown
  }

  /// `inputs` are nil for weights and other constants.
  private static func kind(_ graph: Graph, _ node: Node, _ inputs: [ScoreKind?]) -> ScoreKind {
    let first: ScoreKind = (inputs.first ?? nil) ?? .unknown
    func isLast(_ axis: Int) -> Bool { axis == -1 || axis == graph[node.inputs[0]].rank - 1 }
    switch node.op {
    case let op as Binary: return ofTwo(graph, node, op, inputs)
    case let op as any ActivatedOp: return op.activation.scoreKind
    case let op as ResidualConv2D: return op.activation.scoreKind
    case let op as UpsampledTaps: return op.activation.scoreKind
    case is MatMul, is Einsum, is LayerNorm: return .logits
    case let op as Softmax: return isLast(op.axis) ? .exclusive : .unknown
    case let op as LogSoftmax: return isLast(op.axis) ? .logProbabilities : .unknown
    case let op as Activate: return op.activation.kind(of: first)
    case let op as Unary: return op.function == .negate && first == .logits ? .logits : .unknown
    case let op as Concat: return joined(inputs, alongChannels: isLast(op.axis))
    case let op as Reduce:
      return op.kind == .mean || op.kind == .max || op.kind == .min || op.kind == .sum && first == .logits
        ? first.ofSome : .unknown
    case is Where: return among(inputs.dropFirst().compactMap { $0 })
    case is Slice, is DynamicSlice, is Gather, is DepthToSpace, is SpaceToDepth: return first.ofSome
    case is Identity, is Cast, is FakeQuantize, is Resize, is DynamicResize,
      is Crop2D, is Pad2D, is DynamicPad,
      is Pad,
      is Transpose, is Squeeze, is ExpandDims, is Reshape, is DynamicReshape, is AveragePool2D, is MaxPool2D,
      is GlobalPool2D, is BroadcastTo, is DynamicBroadcast, is Tile, is DynamicTile, is Repeat, is Roll:
      return first
    default: return .unknown
    }
  }

  private static func ofTwo(_ graph: Graph, _ node: Node, _ op: Binary, _ inputs: [ScoreKind?]) -> ScoreKind {
    let variables = inputs.compactMap { $0 }
    let isOfLogits = variables.contains(.logits)
    let areProbabilities = variables.allSatisfy { $0 == .independent || $0 == .exclusive }
    let kind: ScoreKind =
      switch op.function {
      // The probability of the contrary.
      case .subtract where areProbabilities && variables.count == 1 && isOne(graph, node.inputs[0]): .independent
      case .multiply where areProbabilities && variables.count == 2: .independent
      case .maximum where areProbabilities, .minimum where areProbabilities:
        variables.count == 2 ? .independent : variables[0]
      case .maximum, .minimum: isOfLogits && variables.count == 2 ? .logits : .unknown
      case .add, .subtract, .multiply: isOfLogits ? .logits : .unknown
      case .divide: inputs.first == .logits && variables.count == 1 ? .logits : .unknown
      default: .unknown
      }
    return op.activation.kind(of: kind)
  }

  private static func isOne(_ graph: Graph, _ value: Value) -> Bool {
    guard let tensor = graph.constant(value), tensor.dataType == .float32 else { return false }
    return tensor.floats.allSatisfy { $0 == 1 }
  }

  /// Of scores that several heads make.
  private static func joined(_ inputs: [ScoreKind?], alongChannels: Bool) -> ScoreKind {
    let kind = among(inputs.map { $0 ?? .unknown })
    return alongChannels && kind != .independent && kind != .logits ? .unknown : kind
  }

  private static func among(_ kinds: [ScoreKind]) -> ScoreKind {
    Set(kinds).count == 1 ? kinds[0] : .unknown
  }
}

extension ScoreKind {
  /// Of some of the channels, which no longer exclude each other.
  fileprivate var ofSome: ScoreKind { self == .exclusive ? .independent : self }
}

extension Activation {
  /// Of scores that a layer with this activation makes.
  fileprivate var scoreKind: ScoreKind { kind(of: .logits) }

  /// What scores of a kind become.
  fileprivate func kind(of scores: ScoreKind) -> ScoreKind {
    switch self {
    case .linear: return scores
    case .sigmoid, .hardSigmoid: return .independent
    case .logSigmoid: return .logProbabilities
    case .neg where scores == .logits: return .logits
    case .exp where scores == .logProbabilities: return .independent
    case .relu where scores == .independent || scores == .exclusive: return scores
    case .clamp(let low, let high):
      // But for the outermost, probabilities and logits stay what they are.
      let isOfProbabilities = scores == .independent || scores == .exclusive
      return isOfProbabilities && low <= 0.01 && high >= 0.99 || scores == .logits && low < 0 && high > 0
        ? scores : .unknown
    default: return .unknown
    }
  }
}
