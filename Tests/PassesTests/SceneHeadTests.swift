import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

struct SceneHeadTests {
  private func head(_ ops: any Op...) throws -> Graph {
    try Graph.image(channels: 3) { graph, x in
      var value = try graph.add(Activate(.tanh), [x], name: "scores")
      for (place, op) in ops.enumerated() { value = try graph.add(op, [value], name: "head\(place)") }
      return value
    }
  }

  @Test func `class numbers give way to the scores that they were chosen from`() throws {
    let heads: [Graph] = [
      try head(ArgMax(axis: 3)), try head(ArgMax(axis: -1, keepDims: true)),
      try head(ArgMax(axis: -1), Cast(to: .float32)),
      try head(
        ArgMax(axis: -1, keepDims: true), Transpose(permutation: [0, 3, 1, 2]), Cast(to: .uint8), Squeeze(axes: [1])),
    ]
    for graph in heads {
      let result = graph.scoringPixels()
      #expect(result.nodes.last?.name == "scores")
      #expect(result.outputs.map { result[$0.value] } == [TensorType(.float32, [1, nil, nil, 3])])
      #expect(result.outputs.map(\.name) == ["y"])
    }
  }

  @Test func `an image without channels gets one`() throws {
    let graph = try head(Slice([.init(3, index: 0)]), Squeeze(axes: [3]))
    let form = try SceneForm(graph)
    #expect(form.output == ImageLayout([.batch, .rows, .columns]))
    #expect(form.graph.outputs.map { form.graph[$0.value] } == [TensorType(.float32, [1, nil, nil, 1])])
  }

  @Test func `functions behind a channel that was taken away are applied to the image that has it`() throws {
    let graph = try head(Slice([.init(3, index: 0)]), Squeeze(axes: [3]), Activate(.sigmoid), Activate(.square))
    let result = try SceneForm(graph).graph
    #expect(result.outputs.map { result[$0.value] } == [TensorType(.float32, [1, nil, nil, 1])])
    #expect(!result.nodes.contains { $0.op is Squeeze || $0.op is ExpandDims })
    let image = seededTensor([1, 2, 3, 3], seed: 4)
    #expect(try result.evaluate(["x": image])[0].floats == graph.evaluate(["x": image])[0].floats)
  }

  @Test func `scores, the places of the smallest, and numbers along other axes stay`() throws {
    for graph in [
      try head(), try head(ArgMax(axis: -1, keepDims: true, smallest: true)), try head(ArgMax(axis: 1, keepDims: true)),
      try head(ArgMax(axis: -1, keepDims: true, last: true)),
      // Rows for columns, and class 2 as class 1.
      try head(ArgMax(axis: -1, keepDims: true), Transpose(permutation: [0, 2, 1, 3])),
      try head(ArgMax(axis: -1, keepDims: true), Cast(to: .bool)),
    ] {
      #expect("\(graph.scoringPixels())" == "\(graph)")
    }
  }

  @Test func `a chain of any length ends`() throws {
    var graph = try head(ArgMax(axis: 3))
    var value = graph.outputs[0].value
    for place in 0..<50_000 {
      value = try graph.add(Cast(to: place % 2 == 0 ? .int32 : .int64), [value], name: "cast\(place)")
    }
    let result = graph.selectingOutputs([.init(name: "y", value: value)]).scoringPixels()
    #expect(result.nodes.last?.name == "scores")
  }
}
