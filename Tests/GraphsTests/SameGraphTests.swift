import Graphs
import Tensors
import Testing

/// `x -> +a -> output`, `x, y, weights -> sum -> output`, with nodes in either order.
private func example(
  plus: Float = 1, weight: Float = 2, isReversed: Bool = false, crossed: Bool = false, inputs: [Int?] = [2]
) throws -> Graph {
  var graph = Graph()
  let x = graph.input(isReversed ? "p" : "x", TensorType(.float32, inputs))
  let y = graph.input(isReversed ? "q" : "y", TensorType(.float32, inputs))
  var single: Value?, joined: Value?
  func addSingle() throws { single = try graph.add(Sum(plus: plus), [crossed ? y : x], name: "single") }
  func addJoined() throws {
    let constant = graph.constant(Tensor([2], [weight, 3]), name: "weights")
    joined = try graph.add(Sum(), [x, y, constant], name: "joined")
  }
  if isReversed { try addJoined() }
  try addSingle()
  if !isReversed { try addJoined() }
  graph.output(try #require(single), name: "a")
  graph.output(try #require(joined), name: "b")
  return graph
}

struct SameGraphTests {
  @Test func `names and the order of nodes do not matter`() throws {
    #expect(try example().isSame(as: example()))
    #expect(try example().isSame(as: example(isReversed: true)))
  }

  @Test func `attributes, weights, wiring, inputs and outputs do`() throws {
    let graph = try example()
    #expect(try !graph.isSame(as: example(plus: 1.5)))
    #expect(try !graph.isSame(as: example(weight: 2.5)))
    #expect(try !graph.isSame(as: example(crossed: true)))
    #expect(!graph.isSame(as: graph.selectingOutputs([graph.outputs[0]])))
    #expect(!graph.isSame(as: graph.selectingOutputs(graph.outputs.reversed())))
  }

  @Test func `one node in place of two is another graph`() throws {
    var (two, one) = (Graph(), Graph())
    for isOne in [false, true] {
      var graph = Graph()
      let x = graph.input("x", TensorType(.float32, [2]))
      let a = try graph.add(Sum(plus: 1), [x], name: "a")
      let b = isOne ? a : try graph.add(Sum(plus: 1), [x], name: "b")
      graph.output(try graph.add(Sum(), [a, b], name: "c"), name: "c")
      if isOne { one = graph } else { two = graph }
    }
    #expect(!one.isSame(as: two))
    #expect(one.isSame(as: one) && two.isSame(as: two))
  }
}
