import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

struct SceneFitTests {
  /// An image of three channels, of a size that the model declares or any, through operators.
  private func network(_ declared: (Int?, Int?) = (nil, nil), _ ops: any Op...) throws -> Graph {
    var graph = Graph()
    var value = graph.input("image", TensorType(.float32, [1, declared.0, declared.1, 3]))
    for (place, op) in ops.enumerated() { value = try graph.add(op, [value], name: "op\(place)") }
    graph.output(value, name: "scores")
    return graph
  }

  private let pool = MaxPool2D(size: 2, strides: 2, padding: .valid)
  private func window(_ size: Pair) -> MaxPool2D { MaxPool2D(size: size, strides: 1, padding: .valid) }

  /// The output for an image, fitted.
  private func outputSize(_ graph: Graph, _ height: Int, _ width: Int) throws -> TensorType {
    let fit = try #require(graph.sceneFit())
    let sized = try graph.fitted(fit, by: .linear).specialised(to: [
      "image": TensorType(.float32, [1, height, width, 3])
    ])
    return sized[sized.outputs[0].value]
  }

  @Test func `an output as large as the image stays`() throws {
    for graph in [
      try network((nil, nil), Activate(.tanh)), try network((50, 34), Activate(.tanh)),
      try network((nil, nil), pool, Resize(method: .nearest, target: .scale(2))),
    ] {
      #expect(graph.sceneFit() == .same)
      #expect(try "\(graph.fitted(.same, by: .nearest))" == "\(graph)")
    }
  }

  @Test(arguments: [1, 2, 3, 5])
  func `an output at a stride is enlarged by it`(levels: Int) throws {
    var graph = try network()
    var value = Value(0)
    for level in 0..<levels { value = try graph.add(pool, [value], name: "pool\(level)") }
    graph = graph.selectingOutputs([Graph.Output(name: "scores", value: value)])
    let fit = try #require(graph.sceneFit())
    #expect(fit.factor == Pair(1 << levels) && fit.border == 0 && fit.added == 0)
    #expect(try outputSize(graph, 96, 64) == TensorType(.float32, [1, 96, 64, 3]))
  }

  @Test func `a border that is lacking is made up by reflection`() throws {
    let graph = try network((nil, nil), window(5), window(Pair(1, 3)))
    let fit = try #require(graph.sceneFit())
    #expect(fit.factor == 1 && fit.border == Pair(4, 6) && fit.added == 6)
    #expect(try outputSize(graph, 7, 9) == TensorType(.float32, [1, 7, 9, 3]))
    // Each pixel has the largest value around it, where beyond the ends there is the reflection.
    let image = seededTensor([1, 7, 9, 3], seed: 5)
    let result = try graph.fitted(fit, by: .linear).evaluate(["image": image])[0]
    func reflected(_ place: Int, _ count: Int) -> Int {
      place < 0 ? -place : place < count ? place : 2 * count - 2 - place
    }
    for y in 0..<7 {
      for x in 0..<9 {
        let around = (y - 2...y + 2).flatMap { row in
          (x - 3...x + 3).map { image.floats[(reflected(row, 7) * 9 + reflected($0, 9)) * 3 + 1] }
        }
        #expect(result.floats[(y * 9 + x) * 3 + 1] == around.max())
      }
    }
  }

  @Test func `what a network makes beyond the image is removed`() throws {
    // Takes images of 2 n + 1 pixels, of which the output lacks 4.
    var graph = try network((nil, nil), window(2), pool, Resize(method: .nearest, target: .scale(2)))
    let inner = try graph.add(Crop2D(top: 0, bottom: 1, left: 0, right: 1), [Value(0)], name: "inner")
    let joined = try graph.add(Concat(axis: -1), [inner, graph.outputs[0].value], name: "joined")
    let last = try graph.add(window(4), [joined], name: "last")
    graph = graph.selectingOutputs([Graph.Output(name: "scores", value: last)])
    let fit = try #require(graph.sceneFit())
    #expect(fit.factor == 1 && fit.border == 4 && fit.added == 5)
    #expect(try outputSize(graph, 8, 6) == TensorType(.float32, [1, 8, 6, 6]))
  }

  @Test func `a declared size becomes the one for which the network sees it`() throws {
    let graph = try network((512, 512), window(15), window(15))
    let fit = try #require(graph.sceneFit())
    #expect(fit.border == 28 && fit.added == 28)
    #expect(try graph.fitted(fit, by: .linear).nodes[0].types[0] == TensorType(.float32, [1, 484, 484, 3]))
  }

  @Test func `an interpolation is applied as asked`() throws {
    let graph = try network((nil, nil), pool)
    let image = seededTensor([1, 4, 4, 3], seed: 6)
    let pooled = try graph.evaluate(["image": image])[0].floats
    let fit = try #require(graph.sceneFit())
    let nearest = try graph.fitted(fit, by: .nearest).evaluate(["image": image])[0].floats
    #expect(nearest[0] == pooled[0] && nearest[3] == pooled[0] && nearest[(3 * 4 + 3) * 3] == pooled[9])
    let bilinear = try graph.fitted(fit, by: .linear).evaluate(["image": image])[0].floats
    #expect(bilinear[0] == pooled[0] && bilinear[3] == 0.75 * pooled[0] + 0.25 * pooled[3])
  }

  @Test func `outputs that are larger, of no steady size, or no images have no fit`() throws {
    for graph in [
      try network((nil, nil), Resize(method: .nearest, target: .scale(2))),
      try network((nil, nil), Pad2D(top: 1, bottom: 1, left: 1, right: 1)),
      try network((nil, nil), Resize(method: .linear, target: .size(Pair(300, 300)))),
      try network((nil, nil), GlobalPool2D(kind: .average)),
      try network((nil, nil), Reshape(dims: [1, -1])),
    ] {
      #expect(graph.sceneFit() == nil)
    }
  }
}
