import Graphs
import ModelFiles
import ONNXFormat
import TestSupport
import Testing

/// Models of which only some outputs are wanted, or can be imported.
struct WantedOutputTests {
  /// One output of a `Relu`, one of an operator that does not exist, one of an input of text.
  private let description = TestModel(
    nodes: [
      TestModel.node("Relu", ["x"], ["main"], name: "relu"),
      TestModel.node("Wonder", ["main"], ["aux"], name: "wonder"),
      TestModel.node("LpPool", ["x"], ["pooled"], name: "pool", TestModel.ints("kernel_shape", [2, 2])),
    ], outputs: ["main", "aux", "pooled"])

  private func imported(_ outputs: WantedOutputs) throws(ImportError) -> ONNXModel {
    let bytes = description.bytes
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(ImportError) in try importONNX(bytes: buffer, name: "m.onnx", outputs: outputs) }
    }
    return try result.get()
  }

  @Test(arguments: [WantedOutputs.first(1), .named(["main"])])
  func `what no wanted output needs is not imported`(outputs: WantedOutputs) throws {
    let model = try imported(outputs)
    #expect(model.graph.outputs.map(\.name) == ["main"] && model.description.outputNames == ["main", "aux", "pooled"])
    #expect(model.description.layers.map(\.name) == ["relu"] && model.description.notes.isEmpty)
  }

  @Test(arguments: [WantedOutputs.all, .first(2), .first(9), .named(["aux"]), .named(["main", "aux"])])
  func `what a wanted output needs is`(outputs: WantedOutputs) throws {
    let error = try #require(throws: ImportError.self) { try imported(outputs) }
    #expect(error.kind == .unsupported && error.what.contains("Wonder"), "\(error)")
  }

  @Test func `of all outputs those stay that can be imported, with the reason of the others`() throws {
    let model = try imported(.possible)
    #expect(model.graph.outputs.map(\.name).first == "main" && !model.graph.outputs.map(\.name).contains("aux"))
    #expect(model.description.notes.contains { $0.contains("output aux is left out") && $0.contains("Wonder") })
  }

  @Test func `an output that does not exist is a mistake of who asks, with the names that there are`() throws {
    let error = try #require(throws: ImportError.self) { try imported(.named(["main", "nope"])) }
    #expect(error.kind == .usage && error.what.contains("nope") && error.what.contains("main, aux, pooled"), "\(error)")
  }
}
