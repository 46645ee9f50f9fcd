package import Graphs
import Ops
import Tensors

extension Pass {
  /// Makes one elementwise function of those that exporters write as several operators: silu, hard swish and hard sigmoid, gelu and
  /// its approximation, mish.
  ///
  /// ```
  /// %1 sigmoid = activate(%0) sigmoid        %1 mul = activate(%0) silu
  /// %2 mul = binary(%0, %1) multiply    =>
  /// ```
  package static let activationRecognition = Pass("activationRecognition", recogniseActivation)
}

@Sendable private func recogniseActivation(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard node.op is Binary, node.types[0].dataType == .float32 else { return nil }
  for depth in 0...2 {
    guard let root = Product(graph, index, depth: depth), let (activation, x) = root.activation(graph),
      node.types[0] == graph[x]
    else { continue }
    return try rewriter.add(Activate(activation), [rewriter(x)], name: node.name)
  }
  return nil
}

/// A product of a number and values, multiplied in any order.
private struct Product {
  var number = 1.0
  var factors: [Value] = []

  /// The product that a node computes, with the factors of factors down to a depth; `nil` for another operator, or one of more
  /// factors than functions have.
  init?(_ graph: Graph, _ index: Int, depth: Int = 0) {
    guard multiply(graph, index, depth: depth), factors.count <= 2 else { return nil }
  }

  private mutating func multiply(_ graph: Graph, _ index: Int, depth: Int) -> Bool {
    let node = graph.nodes[index]
    guard let op = node.op as? Binary, op.activation == .linear else { return false }
    switch op.function {
    case .multiply:
      for input in node.inputs { take(graph, input, depth) }
      return true
    case .divide:
      guard let divisor = graph.number(node.inputs[1]), divisor != 0 else { return false }
      number /= divisor
      take(graph, node.inputs[0], depth)
      return true
    default: return false
    }
  }

  private mutating func take(_ graph: Graph, _ value: Value, _ depth: Int) {
    if let factor = graph.number(value) {
      number *= factor
    } else if depth == 0 || !multiply(graph, value.node, depth: depth - 1) {
      factors.append(value)
    }
  }

  /// The function of one value that the product is.
  func activation(_ graph: Graph) -> (Activation, Value)? {
    if factors.count == 1, isNear(number, 1.0 / 6), let x = graph.relu6OfSum(factors[0]) {
      return (.hardSigmoid(alpha: 1.0 / 6, beta: 0.5), x)
    }
    guard factors.count == 2 else { return nil }
    for (x, gate) in [(factors[0], factors[1]), (factors[1], factors[0])] {
      if isNear(number, 1), let activation = graph.gate(gate, of: x) { return (activation, x) }
      if isNear(number, 1.0 / 6), graph.relu6OfSum(gate) == x { return (.hardSwish, x) }
      if isNear(number, 0.5), let inner = graph.onePlus(gate) {
        if graph.isErrorFunction(inner, of: x) { return (.gelu, x) }
        if graph.isCubicTanh(inner, of: x) { return (.geluTanh, x) }
      }
    }
    return nil
  }
}

/// Equal but for the rounding of a decimal fraction in a file.
private func isNear(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude <= 1e-6 * b.magnitude }

extension Graph {
  /// The only element of a constant of floats.
  func number(_ value: Value) -> Double? {
    guard let tensor = constant(value), tensor.dataType == .float32, tensor.shape.count == 1 else { return nil }
    return Double(tensor.floats[0])
  }

  /// The function that `x` times this function of it is.
  fileprivate func gate(_ value: Value, of x: Value) -> Activation? {
    guard let gate = producer(value, as: Activate.self) else { return nil }
    let source = gate.node.inputs[0]
    switch gate.op.activation {
    case .sigmoid where source == x: return .silu
    case .hardSigmoid(let alpha, 0.5) where source == x && isNear(Double(alpha), 1.0 / 6): return .hardSwish
    case .tanh:
      guard let inner = producer(source, as: Activate.self), inner.op.activation == .softplus else { return nil }
      return inner.node.inputs[0] == x ? .mish : nil
    default: return nil
    }
  }

  /// `x` of `relu6(x + 3)`.
  fileprivate func relu6OfSum(_ value: Value) -> Value? {
    guard let clamp = producer(value, as: Activate.self), clamp.op.activation == .clamp(min: 0, max: 6) else {
      return nil
    }
    return addend(clamp.node.inputs[0], besides: 3)
  }

  /// `e` of `e + 1`.
  fileprivate func onePlus(_ value: Value) -> Value? { addend(value, besides: 1) }

  private func addend(_ value: Value, besides number: Double) -> Value? {
    guard let sum = producer(value, as: Binary.self), sum.op == Binary(.add) else { return nil }
    let places = [0, 1].filter { self.number(sum.node.inputs[$0]) == number }
    return places.first.map { sum.node.inputs[1 - $0] }
  }

  /// `erf(x / sqrt(2))`.
  fileprivate func isErrorFunction(_ value: Value, of x: Value) -> Bool {
    guard let erf = producer(value, as: Activate.self), erf.op.activation == .erf,
      let inner = Product(self, erf.node.inputs[0].node)
    else { return false }
    return inner.factors == [x] && isNear(inner.number, 0.5.squareRoot())
  }

  /// `tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))`.
  fileprivate func isCubicTanh(_ value: Value, of x: Value) -> Bool {
    guard let tanh = producer(value, as: Activate.self), tanh.op.activation == .tanh,
      let scaled = Product(self, tanh.node.inputs[0].node), isNear(scaled.number, (2 / Double.pi).squareRoot()),
      scaled.factors.count == 1, let sum = producer(scaled.factors[0], as: Binary.self), sum.op == Binary(.add)
    else { return false }
    return [0, 1].contains { place in
      guard sum.node.inputs[place] == x, let cubic = Product(self, sum.node.inputs[1 - place].node),
        isNear(cubic.number, 0.044715)
      else { return false }
      return cubic.factors.count == 1 && isCube(cubic.factors[0], of: x)
    }
  }

  private func isCube(_ value: Value, of x: Value) -> Bool {
    guard let power = producer(value, as: Binary.self), power.op == Binary(.power) else { return false }
    return power.node.inputs[0] == x && number(power.node.inputs[1]) == 3
  }
}
