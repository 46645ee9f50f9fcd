import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

struct FakeQuantizationTests {
  /// Numbers between two integers and on them, beyond the range too, in steps of half a scale of 0.25.
  private let image = Tensor([1, 4, 4, 3], (0..<48).map { Float($0 - 20) * 0.125 })

  private func quantized(
    _ graph: inout Graph, _ x: Value, scale: Float = 0.25, back: Float? = nil, zero: Int32 = 3, type: DataType = .uint8,
    _ name: String
  ) throws -> Value {
    let step = graph.constant(Tensor([], [scale]), name: "\(name)/scale")
    let point = try graph.add(
      Cast(to: type), [graph.constant(Tensor([], .int32([zero])), name: "\(name)/point")], name: "\(name)/narrow")
    let q = try graph.add(Quantize(axis: -1), [x, step, point], name: "\(name)/q")
    let wide = try graph.add(Cast(to: .int32), [q], name: "\(name)/wide")
    let offset = graph.constant(Tensor([], .int32([zero])), name: "\(name)/offset")
    let difference = try graph.add(Binary(.subtract), [wide, offset], name: "\(name)/difference")
    let float = try graph.add(Cast(to: .float32), [difference], name: "\(name)/float")
    let own = graph.constant(Tensor([], [back ?? scale]), name: "\(name)/back")
    return try graph.add(Binary(.multiply), [float, own], name: name)
  }

  /// Both passes, and the same numbers to the bit.
  private func folded(_ graph: Graph) throws -> Graph {
    var (result, budget, log) = (graph, Int.max, Graph.RewriteLog())
    for pass in [Pass.constantFolding, .fakeQuantization, .quantizationFolding, .quantizationFolding] {
      result = try result.applying(pass, budget: &budget, log: &log)
    }
    #expect(try result.evaluate(["x": image])[0] == graph.evaluate(["x": image])[0])
    return result
  }

  private func count(_ graph: Graph) -> Int { graph.nodes.count { $0.op is FakeQuantize } }

  @Test(arguments: [(DataType.uint8, Int32(0)), (.uint8, 9), (.int8, 0), (.int8, -128)])
  func `a pair becomes one rounding`(type: DataType, zero: Int32) throws {
    let graph = try Graph.image(channels: 3) { graph, x in try quantized(&graph, x, zero: zero, type: type, "y") }
    let after = try folded(graph)
    #expect(count(after) == 1 && after.nodes.count == 2)
  }

  @Test func `scales, zero points and integers that differ stay`() throws {
    let graphs = [
      try Graph.image(channels: 3) { graph, x in try quantized(&graph, x, back: 0.5, "y") },
      try Graph.image(channels: 3) { graph, x in try quantized(&graph, x, scale: 1e-38, "y") },
    ]
    for graph in graphs { #expect(try count(folded(graph)) == 0) }
  }

  @Test func `what is rounded already, and only picked since, is not rounded again`() throws {
    let picks: [any Op] = [
      MaxPool2D(size: 2, strides: 2, padding: .valid), Resize(method: .nearest, target: .scale(2)),
      Transpose(permutation: [0, 2, 1, 3]), Activate(.relu), Crop2D(top: 1, bottom: 0, left: 1, right: 0),
      Pad2D(top: 1, bottom: 1, left: 0, right: 2),
    ]
    for pick in picks {
      let graph = try Graph.image(channels: 3) { graph, x in
        let y = try graph.add(pick, [quantized(&graph, x, "first")], name: "pick")
        return try quantized(&graph, graph.add(Concat(axis: -1), [y, y], name: "both"), "second")
      }
      #expect(try count(folded(graph)) == 1, "\(pick)")
    }
  }

  @Test func `what computes new values, or has other integers, is rounded again`() throws {
    let changes: [any Op] = [
      AveragePool2D(size: 2, strides: 2, padding: .valid), Resize(method: .linear, target: .scale(2)),
      Activate(.tanh), Pad2D(top: 1, bottom: 1, left: 0, right: 2, value: 0.1),
    ]
    for change in changes {
      let graph = try Graph.image(channels: 3) { graph, x in
        try quantized(&graph, graph.add(change, [quantized(&graph, x, "first")], name: "change"), "second")
      }
      #expect(try count(folded(graph)) == 2, "\(change)")
    }
    let other = try Graph.image(channels: 3) { graph, x in
      try quantized(&graph, quantized(&graph, x, "first"), zero: 4, "second")
    }
    #expect(try count(folded(other)) == 2)
  }

  @Test func `a clamp to the range of the integers before is left out, one within it stays`() throws {
    func clamps(_ activation: Activation, zero: Int32) throws -> Int {
      let graph = try Graph.image(channels: 3) { graph, x in
        try quantized(&graph, graph.add(Activate(activation), [x], name: "clamp"), zero: zero, "y")
      }
      return try folded(graph).nodes.count { $0.op is Activate }
    }
    #expect(try clamps(.relu, zero: 0) == 0)
    #expect(try clamps(.clamp(min: -1, max: 64), zero: 4) == 0)
    #expect(try clamps(.relu, zero: 3) == 1)
    #expect(try clamps(.clamp(min: 0, max: 1), zero: 0) == 1)
  }
}
