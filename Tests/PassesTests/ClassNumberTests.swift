import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

/// Outputs whose elements are numbers of classes, and those that are scores.
struct ClassNumberTests {
  /// A network with scores `[1, ?, ?, 3]`, and what is made of them.
  private func network(_ body: (inout Graph, Value) throws -> Value) throws -> Graph {
    var graph = Graph()
    let image = graph.input("x", TensorType(.float32, [1, nil, nil, 3]))
    let scores = try graph.add(Softmax(), [image], name: "scores")
    graph.output(try body(&graph, scores), name: "y")
    return graph
  }

  private func number(_ graph: inout Graph, _ x: Float) -> Value {
    graph.constant(Tensor([], [x]), name: "number \(graph.nodes.count)")
  }

  private func classes(_ graph: inout Graph, _ scores: Value, to type: DataType = .float32) throws -> Value {
    let largest = try graph.add(ArgMax(axis: 3, keepDims: true, last: true), [scores], name: "largest")
    return try graph.add(Cast(to: type), [largest], name: "cast")
  }

  @Test func `numbers that follow from decisions, with their ranges`() throws {
    let plusOne = try network { graph, scores in
      let one = number(&graph, 1)
      return try graph.add(Binary(.add), [classes(&graph, scores), one], name: "shifted")
    }
    #expect(plusOne.classNumbers() == ClassNumbers(range: 1...3))
    let gated = try network { graph, scores in
      let best = try graph.add(Reduce(kind: .max, axes: [3], keepDims: true), [scores], name: "best")
      let half = number(&graph, 0.5)
      let isSure = try graph.add(Compare(.greater), [best, half], name: "sure")
      let gate = try graph.add(Cast(to: .float32), [isSure], name: "gate")
      return try graph.add(Binary(.multiply), [classes(&graph, scores), gate], name: "gated")
    }
    #expect(gated.classNumbers() == ClassNumbers(range: 0...2))
    let table = try network { graph, scores in
      let palette = graph.constant(Tensor([3], .int64([7, 40, 12])), name: "palette")
      let places = try classes(&graph, scores, to: .int64)
      return try graph.add(Gather(axis: 0), [palette, places], name: "looked up")
    }
    #expect(table.classNumbers() == ClassNumbers(range: 7...40))
    let bool = try network { graph, scores in
      let half = number(&graph, 0.5)
      return try graph.add(Compare(.greater), [scores, half], name: "above")
    }
    #expect(bool.classNumbers() == ClassNumbers(range: 0...1))
    let rounded = try network { graph, scores in try graph.add(Unary(.round), [scores], name: "rounded") }
    #expect(rounded.classNumbers() == ClassNumbers(range: nil))
    let clamped = try network { graph, scores in
      let whole = try graph.add(Unary(.floor), [scores], name: "whole")
      return try graph.add(Activate(.clamp(min: 0, max: 9)), [whole], name: "clamped")
    }
    #expect(clamped.classNumbers()?.range == nil)
  }

  @Test func `scores are no numbers, however they are chosen`() throws {
    let plain = try network { _, scores in scores }
    #expect(plain.classNumbers() == nil)
    let masked = try network { graph, scores in
      let half = number(&graph, 0.5), zero = number(&graph, 0)
      let isAbove = try graph.add(Compare(.greater), [scores, half], name: "above")
      return try graph.add(Where(), [isAbove, scores, zero], name: "masked")
    }
    #expect(masked.classNumbers() == nil)
    let weighted = try network { graph, scores in
      try graph.add(Binary(.multiply), [classes(&graph, scores), scores], name: "weighted")
    }
    #expect(weighted.classNumbers() == nil)
  }

  @Test func `numbers of any type become floats, and votes are 1 for the class`() throws {
    for type in [DataType.uint8, .int64, .float64, .int32] {
      let graph = try network { graph, scores in try classes(&graph, scores, to: type) }.withFloatNumbers()
      let image = seededTensor([1, 2, 5, 3], seed: 2)
      let numbers = try graph.evaluate(["x": image])[0]
      let votes = try graph.withVotes(classes: 3).evaluate(["x": image])[0]
      #expect(votes.shape == [1, 2, 5, 3])
      for (pixel, number) in numbers.floats.enumerated() {
        #expect((0..<3).map { votes.floats[pixel * 3 + $0] } == (0..<3).map { Float($0) == number ? 1 : 0 })
      }
    }
  }
}
