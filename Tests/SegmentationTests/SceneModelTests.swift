import Graphs
import Ops
import Scenes
import Segmentation
import Tensors
import TestSupport
import Testing

struct SceneModelTests {
  @Test func `a model with an output of another size is refused`() throws {
    var net = Network(seed: 14)
    let model = try SceneModel(net.classes(net.convolution(net.image, 6, "down", strides: 2)), kernels: .underTest)
    let geometry = try localGeometry(model.graph)
    #expect(geometry.isLocal)
    let error = #expect(throws: SegmentationError.self) {
      try ExactRun(model, size: PixelSize(40), geometry: geometry, maximumBytes: .max)
    }
    #expect(error?.kind == .unsupportedModel)
    #expect(error?.site == "classes")
  }

  @Test func `a model must have one image and an output of scores per pixel`() throws {
    var two = Network(seed: 15)
    _ = two.graph.input("other", TensorType(.float32, [1, nil, nil, 3]))
    var vector = Network(seed: 16)
    let pooled = try vector.graph.add(GlobalPool2D(kind: .average), [vector.image], name: "pooled")
    vector.graph.output(pooled, name: "vector")
    var labels = Network(seed: 17)
    labels.graph.output(try labels.graph.add(ArgMax(keepDims: true), [labels.image], name: "labels"), name: "labels")
    for graph in [try two.classes(two.image), vector.graph, labels.graph, Network(seed: 18).graph] {
      let error = #expect(throws: SegmentationError.self) { try SceneModel(graph, kernels: .underTest) }
      #expect(error?.kind == .unsupportedModel)
    }
  }

  @Test func `classes decided in the network are those of its scores`() throws {
    let model = try SceneModel(try uNet(), kernels: .underTest)
    let decided = try model.followed(by: ClassMap(), named: "decided")
    #expect(decided.scores == 1 && decided.outputName == model.outputName && decided.channels == model.channels)
    let scene = Scene(PixelSize(width: 38, height: 21))
    func run(_ model: SceneModel) throws -> [Float] {
      let run = try ExactRun(model, size: scene.size, geometry: localGeometry(model.graph), maximumBytes: .max)
      return try scene.scores(run).map(Float.init(bitPattern:))
    }
    let (scores, classes) = (try run(model), try run(decided))
    for (pixel, number) in classes.enumerated() {
      let row = scores[pixel * model.scores..<(pixel + 1) * model.scores]
      #expect(row[row.startIndex + Int(number)] == row.max())
    }
    #expect(Set(classes).count > 1)
    let mismatched = #expect(throws: SegmentationError.self) {
      try model.followed(by: Binary(.add), named: "sum")
    }
    #expect(mismatched?.site == "sum")
  }

  @Test func `the first output is the one that is run`() throws {
    var graph = try uNet()
    graph.output(graph.outputs[0].value, name: "again")
    let model = try SceneModel(graph, kernels: .underTest)
    #expect(model.graph.outputs.map(\.name) == ["classes"])
    #expect((model.inputName, model.outputName) == ("image", "classes"))
    #expect((model.channels, model.scores) == (3, 4))
    #expect(model.declaredSize == nil)
  }

  @Test func `a size that the network cannot take is refused`() throws {
    let model = try SceneModel(uNet(), kernels: .underTest)
    let error = #expect(throws: SegmentationError.self) { try model.plan(PixelSize(width: 10, height: 8)) }
    #expect(error?.kind == .unsupportedModel)
  }
}
