import Glibc
import Graphs
import ModelFiles
import ONNXFormat
import Tensors
import TestSupport
import Testing

struct ModelFactsTests {
  private func model(_ description: TestModel) throws -> ONNXModel {
    try description.bytes.withUnsafeBytes { try importONNX(bytes: $0, name: "model.onnx") }
  }

  @Test func `a model tells its versions, properties, layers and open sizes`() throws {
    let relu = TestModel.node("Relu", ["c"], ["y"], name: "relu")
    let conv = TestModel.node("Conv", ["x", "w"], ["c"], name: "conv")
    let result = try model(
      TestModel(
        nodes: [conv, relu], initializers: [TestModel.floats("w", [4, 3, 3, 3])], inputs: [("x", [0, 3, 0, 0])],
        inModel: { model in
          model.text(2, "maker")
          model.message(14) { entry in
            entry.text(1, "class_names")
            entry.text(2, "[\"a\"]")
          }
        }))
    let facts = result.description
    #expect((facts.opset, facts.irVersion, facts.producer) == (17, 8, "maker"))
    #expect(facts.properties == ["class_names": "[\"a\"]"] && facts.parameterCount == 108)
    #expect(facts.layers.map(\.className) == ["Conv", "Relu"] && facts.layers.map(\.sources) == [[[]], [["conv"]]])
    #expect(facts.origins["relu"] == "Relu" && facts.origins["conv/image"] == "Conv")
    #expect(result.graph.nodes[0].types[0].dims == [nil, 3, nil, nil])
    #expect(result.graph[result.graph.outputs[0].value].dims == [nil, 4, nil, nil])
  }

  @Test func `weights are converted once for all that share them`() throws {
    let result = try model(
      TestModel(
        nodes: [
          TestModel.node("Conv", ["x", "w"], ["a"], TestModel.ints("pads", [1, 1, 1, 1])),
          TestModel.node("Conv", ["a", "w"], ["y"]),
        ], initializers: [TestModel.floats("w", [3, 3, 3, 3])]))
    let constants = result.graph.nodes.compactMap { ($0.op as? Constant)?.tensor.shape }
    #expect(constants == [[3, 3, 3, 3], [3, 3, 3, 3]] && result.description.parameterCount == 81)
  }

  @Test func `an input that is known beforehand is no input of the graph`() throws {
    let path = "/tmp/seginfer-known-\(UInt64.random(in: 0 ... .max)).onnx"
    let bytes = TestModel(
      nodes: [TestModel.node("Add", ["x", "k"], ["y"])], inputs: [("x", [2]), ("k", [2])]
    ).bytes
    try bytes.withUnsafeBytes { buffer in
      let file = try #require(fopen(path, "w"))
      #expect(fwrite(buffer.baseAddress, 1, buffer.count, file) == buffer.count)
      fclose(file)
    }
    defer { unlink(path) }
    let result = try importONNX(path: path, values: ["k": Tensor([2], [1, 2])])
    #expect(try result.graph.evaluate(["x": Tensor([2], [1, 1])])[0].floats == [2, 3])
  }
}
