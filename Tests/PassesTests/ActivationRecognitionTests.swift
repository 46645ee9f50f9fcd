import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

extension Graph {
  fileprivate mutating func number(_ value: Float, _ name: String) -> Value {
    constant(Tensor([], [value]), name: name)
  }

  fileprivate mutating func binary(_ function: Binary.Function, _ a: Value, _ b: Value, _ name: String) throws -> Value
  {
    try add(Binary(function), [a, b], name: name)
  }

  /// `x * sigmoid(x)` and the like.
  fileprivate static func gated(_ gate: Activation..., swapped: Bool = false) throws -> Graph {
    try image(channels: 2) { graph, x in
      var inner = x
      for (place, activation) in gate.enumerated() {
        inner = try graph.add(Activate(activation), [inner], name: "gate\(place)")
      }
      return try graph.binary(.multiply, swapped ? inner : x, swapped ? x : inner, "product")
    }
  }
}

private func recognised(_ graph: Graph) throws -> [Activation] {
  var (result, found) = (graph, graph.nodes.count)
  repeat {
    found = result.nodes.count
    result = try applied(.activationRecognition, to: result)
  } while result.nodes.count < found
  return result.nodes.compactMap { ($0.op as? Activate)?.activation }
}

struct ActivationRecognitionTests {
  @Test func `a value times a function of it is one function`() throws {
    #expect(try recognised(.gated(.sigmoid)) == [.silu])
    #expect(try recognised(.gated(.sigmoid, swapped: true)) == [.silu])
    #expect(try recognised(.gated(.hardSigmoid(alpha: 1.0 / 6, beta: 0.5))) == [.hardSwish])
    #expect(try recognised(.gated(.softplus, .tanh)) == [.mish])
  }

  @Test func `silu of a product is found`() throws {
    let graph = try Graph.image(channels: 2) { graph, x in
      let product = try graph.binary(.multiply, x, graph.add(Activate(.tanh), [x], name: "tanh"), "inner")
      return try graph.binary(.multiply, product, graph.add(Activate(.sigmoid), [product], name: "gate"), "outer")
    }
    #expect(try recognised(graph) == [.tanh, .silu])
  }

  @Test(arguments: [false, true])
  func `hard swish by clamping a sum is one function`(dividesFirst: Bool) throws {
    let graph = try Graph.image(channels: 2) { graph, x in
      let sum = try graph.binary(.add, x, graph.number(3, "three"), "sum")
      let clamp = try graph.add(Activate(.clamp(min: 0, max: 6)), [sum], name: "clamp")
      let six = graph.number(6, "six")
      if dividesFirst { return try graph.binary(.multiply, x, graph.binary(.divide, clamp, six, "gate"), "product") }
      return try graph.binary(.divide, graph.binary(.multiply, x, clamp, "product"), six, "quotient")
    }
    #expect(try recognised(graph) == [.hardSwish])
  }

  @Test(arguments: 0..<3)
  func `gelu is found in every order of its factors`(order: Int) throws {
    let graph = try Graph.image(channels: 2) { graph, x in
      let scaled =
        order == 0
        ? try graph.binary(.multiply, x, graph.number(0.70710677, "root"), "scaled")
        : try graph.binary(.divide, x, graph.number(1.4142135, "root"), "scaled")
      let erf = try graph.add(Activate(.erf), [scaled], name: "erf")
      let sum = try graph.binary(.add, erf, graph.number(1, "one"), "sum")
      let half = graph.number(0.5, "half")
      switch order {
      case 0: return try graph.binary(.multiply, graph.binary(.multiply, x, sum, "a"), half, "gelu")
      case 1: return try graph.binary(.multiply, graph.binary(.multiply, half, x, "a"), sum, "gelu")
      default: return try graph.binary(.multiply, x, graph.binary(.multiply, sum, half, "a"), "gelu")
      }
    }
    #expect(try recognised(graph) == [.gelu])
  }

  /// The graph of `0.5 * x * (1 + tanh(factor * (x + 0.044715 * x^3)))`.
  private func approximation(factor: Float, power: Float) throws -> Graph {
    try Graph.image(channels: 2) { graph, x in
      let cube = try graph.binary(.power, x, graph.number(power, "exponent"), "cube")
      let cubic = try graph.binary(.multiply, graph.number(0.044715, "coefficient"), cube, "cubic")
      let sum = try graph.binary(.add, x, cubic, "inner")
      let scaled = try graph.binary(.multiply, sum, graph.number(factor, "factor"), "scaled")
      let tanh = try graph.add(Activate(.tanh), [scaled], name: "tanh")
      let gate = try graph.binary(.add, graph.number(1, "one"), tanh, "gate")
      return try graph.binary(.multiply, graph.binary(.multiply, x, graph.number(0.5, "half"), "a"), gate, "gelu")
    }
  }

  @Test func `the approximation of gelu is found by its constants`() throws {
    #expect(try recognised(approximation(factor: 0.7978846, power: 3)) == [.geluTanh])
    try expectUntouched(approximation(factor: 0.8, power: 3), by: .activationRecognition)
    try expectUntouched(approximation(factor: 0.7978846, power: 2), by: .activationRecognition)
  }

  @Test func `other functions, other numbers and other values stay`() throws {
    try expectUntouched(.gated(.tanh), by: .activationRecognition)
    try expectUntouched(.gated(.hardSigmoid(alpha: 0.2, beta: 0.5)), by: .activationRecognition)
    let other = try Graph.image(channels: 2) { graph, x in
      let tanh = try graph.add(Activate(.tanh), [x], name: "tanh")
      return try graph.binary(.multiply, x, graph.add(Activate(.sigmoid), [tanh], name: "gate"), "product")
    }
    try expectUntouched(other, by: .activationRecognition)
    let clamped = try Graph.image(channels: 2) { graph, x in
      let sum = try graph.binary(.add, x, graph.number(2, "two"), "sum")
      let clamp = try graph.add(Activate(.clamp(min: 0, max: 6)), [sum], name: "clamp")
      return try graph.binary(.divide, graph.binary(.multiply, x, clamp, "product"), graph.number(6, "six"), "quotient")
    }
    try expectUntouched(clamped, by: .activationRecognition)
  }

  @Test func `a result that is larger than the value stays`() throws {
    let graph = try Graph.image(channels: 1) { graph, x in
      let wide = try graph.add(Concat(axis: -1), [x, x], name: "wide")
      return try graph.binary(.multiply, wide, graph.add(Activate(.sigmoid), [x], name: "gate"), "product")
    }
    try expectUntouched(graph, by: .activationRecognition)
  }
}
