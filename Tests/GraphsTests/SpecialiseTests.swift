import Graphs
import Ops
import Tensors
import TestSupport
import Testing

struct SpecialiseTests {
  /// An image padded by `64 - rows` rows, then a larger one.
  private func padded() throws -> Graph {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, nil, nil, 2]))
    let relu = try graph.add(Activate(.relu), [x], name: "relu")
    let rows = try graph.add(ShapeOf(from: 1, to: 2), [x], name: "rows")
    let wanted = graph.constant(Tensor([1], .int64([8])), name: "wanted")
    let missing = try graph.add(Binary(.subtract), [wanted, rows], name: "missing")
    let zero = graph.constant(Tensor([1], .int64([0])), name: "zero")
    let borders = try graph.add(
      Concat(axis: 0), [zero, missing, zero, zero, zero, zero, zero, zero], name: "borders")
    let padded = try graph.add(DynamicPad(), [relu, borders], name: "padded")
    graph.output(try graph.add(Activate(.tanh), [padded], name: "tanh"), name: "y")
    graph.output(padded, name: "z")
    return graph
  }

  @Test func `nobody reads what changes nothing at the known sizes`() throws {
    let graph = try padded().specialised(to: ["x": TensorType(.float32, [1, 8, 4, 2])])
    let relu = try #require(graph.nodes.firstIndex { $0.name == "relu" })
    #expect(graph.nodes.first { $0.name == "tanh" }?.inputs == [Value(relu)])
    #expect(graph.outputs[1].value == Value(relu))
    #expect(graph.nodes.count == (try padded()).nodes.count)
  }

  @Test func `what changes something stays`() throws {
    let graph = try padded().specialised(to: ["x": TensorType(.float32, [1, 7, 4, 2])])
    let pad = try #require(graph.nodes.firstIndex { $0.name == "padded" })
    #expect(graph.nodes.first { $0.name == "tanh" }?.inputs == [Value(pad)])
    #expect(graph.nodes[pad].op as? Pad2D == Pad2D(top: 1, bottom: 0, left: 0, right: 0))
  }

  @Test func `an input that is passed on is still computed`() throws {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, nil, nil, 2]))
    graph.output(try graph.add(Identity(), [x], name: "same"), name: "y")
    let result = try graph.specialised(to: ["x": TensorType(.float32, [1, 2, 2, 2])])
    #expect(result.outputs[0].value == Value(1))
  }

  @Test(arguments: [4, 5])
  func `operators know whether they change anything`(size: Int) {
    let image = TensorType(.float32, [1, 4, 4, 2]), open = TensorType(.float32, [1, nil, nil, 2])
    let isSame = size == 4
    let ops: [any Op] = [
      Resize(method: .nearest, target: .size(Pair(size, 4))),
      Slice([.init(1, start: 0, stop: size - 1 + (isSame ? 1 : -2))]),
      Reshape(dims: isSame ? [1, 4, 4, 2] : [1, 2, 8, 2]), Crop2D(top: size - 4, bottom: 0, left: 0, right: 0),
      Pad(before: [0, 0, 0, size - 4], after: [0, 0, 0, 0]), BroadcastTo(dims: isSame ? [4, 4, 2] : [2, 4, 4, 2]),
    ]
    for op in ops { #expect(op.passesOn([image]) == isSame) }
    for op in ops.prefix(3) { #expect(!op.passesOn([open])) }
  }
}
