import Graphs
import Ops
import Tensors

/// `x * scale + shift` with a number of each for every channel, the last axis.
struct ChannelAffine {
  /// The value `x`.
  var source: Value
  var scale: [Double], shift: [Double]
  var activation: Activation
}

extension ChannelAffine {
  /// What a batch normalisation does, or a sum or product with constants; `nil` for other nodes.
  init?(_ graph: Graph, _ node: Node) {
    switch node.op {
    case let norm as BatchNorm: self.init(norm, node, node.inputs.dropFirst().compactMap { graph.constant($0)?.floats })
    case let op as Binary: self.init(op, node, graph)
    default: return nil
    }
  }

  /// `parameters` are gamma, beta, mean and variance.
  private init?(_ norm: BatchNorm, _ node: Node, _ parameters: [[Float]]) {
    guard parameters.count == 4 else { return nil }
    let (gamma, beta, mean, variance) = (parameters[0], parameters[1], parameters[2], parameters[3])
    let spread = variance.map { Double($0) + Double(norm.epsilon) }
    guard spread.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let scale = zip(gamma, spread).map { Double($0) / $1.squareRoot() }
    self.init(
      source: node.inputs[0], scale: scale,
      shift: scale.indices.map { Double(beta[$0]) - Double(mean[$0]) * scale[$0] },
      activation: norm.activation)
  }

  private init?(_ op: Binary, _ node: Node, _ graph: Graph) {
    for (x, other) in [(0, 1), (1, 0)] {
      let type = graph[node.inputs[x]]
      guard node.types[0] == type, type.dataType == .float32, let channels = type.dims.last ?? nil,
        let numbers = graph.channelNumbers(node.inputs[other], channels)
      else { continue }
      let (ones, zeros) = ([Double](repeating: 1, count: channels), [Double](repeating: 0, count: channels))
      let source = node.inputs[x]
      switch op.function {
      case .add: self.init(source: source, scale: ones, shift: numbers, activation: op.activation)
      case .subtract:
        self.init(
          source: source, scale: x == 0 ? ones : ones.map { -$0 }, shift: x == 0 ? numbers.map { -$0 } : numbers,
          activation: op.activation)
      case .multiply: self.init(source: source, scale: numbers, shift: zeros, activation: op.activation)
      case .divide where x == 0 && !numbers.contains(0):
        self.init(source: source, scale: numbers.map { 1 / $0 }, shift: zeros, activation: op.activation)
      default: continue
      }
      return
    }
    return nil
  }
}

extension Graph {
  /// A constant that has one number, or one for each channel and none besides.
  fileprivate func channelNumbers(_ value: Value, _ channels: Int) -> [Double]? {
    guard let tensor = constant(value), tensor.dataType == .float32 else { return nil }
    if tensor.shape.count == 1 { return [Double](repeating: Double(tensor.floats[0]), count: channels) }
    guard tensor.shape.dims.last == channels, tensor.shape.count == channels else { return nil }
    return tensor.floats.map(Double.init)
  }
}
