import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

/// Which outputs are class numbers that a network decided on, and which are scores.
struct ClassNumbersTests {
  private func network(_ build: (inout Graph, Value) throws -> Value) throws -> SceneNetwork {
    var graph = Graph()
    let x = graph.input("image", TensorType(.float32, [1, nil, nil, 4]))
    graph.output(try build(&graph, x), name: "y")
    return try SceneNetwork(graph)
  }

  private func add(_ graph: inout Graph, _ op: any Op, _ inputs: Value...) throws -> Value {
    try graph.add(op, inputs, name: "n\(graph.nodes.count)")
  }

  @Test func `a table that indicators are multiplied with`() throws {
    func table(_ numbers: [Float]) throws -> SceneNetwork {
      try network { graph, x in
        let place = try add(&graph, ArgMax(), x)
        let hot = try add(&graph, OneHot(depth: 4), place)
        let weights = graph.constant(Tensor([4, 1], numbers), name: "table")
        return try add(&graph, MatMul(), hot, weights)
      }
    }
    #expect(try table([4, 11, 0, 2]).numbers != nil)
    // Weights that are no numbers of classes make scores.
    #expect(try table([0.25, 0.5, 0, 2]).numbers == nil)
  }

  @Test func `the place of a largest element, whichever`() throws {
    let second = try network { graph, x in
      try add(&graph, Slice([Slice.Axis(3, start: 1)]), try add(&graph, TopK(count: 2, result: .indices), x))
    }
    #expect(second.numbers?.range == 0...3)
    #expect(try network { graph, x in try add(&graph, TopK(count: 1), x) }.numbers == nil)
  }

  @Test func `a decision for each of several channels is a score`() throws {
    let several = try network { graph, x in
      let zero = graph.constant(Tensor([], [0]), name: "zero")
      return try add(&graph, Compare(.greater), x, zero)
    }
    #expect(several.numbers == nil)
    #expect(several.graph[several.graph.outputs[0].value].dataType == .float32)
  }

  @Test func `what wraps around within the range of its type stays in its own`() throws {
    let wrapped = try network { graph, x in
      let place = try add(&graph, ArgMax(keepDims: true), x)
      let count = graph.constant(Tensor([], .int64([65536])), name: "count")
      return try add(&graph, Binary(.floorRemainder), place, count)
    }
    #expect(wrapped.numbers?.range == 0...3)
  }
}
