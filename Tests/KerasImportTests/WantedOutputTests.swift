import Foundation
import Graphs
import KerasImport
import ModelFiles
import Tensors
import Testing

/// Models of which only some outputs are wanted, or can be imported, as Keras saved them.
struct WantedOutputTests {
  private func imported(_ name: String, _ outputs: WantedOutputs) throws(ImportError) -> KerasModel {
    var options = ImportOptions()
    options.outputs = outputs
    return try importKeras(path: packageRoot + "/Fixtures/cases/keras_unused_outputs/" + name, options: options)
  }

  @Test(arguments: ["lambda_first.keras", "keras2_custom_layer.h5", "keras2_custom_archive.keras"])
  func `layers that no wanted output needs are not imported`(name: String) throws {
    let model = try imported(name, .named(["main"]))
    #expect(model.graph.outputs.map(\.name) == ["main"] && model.description.outputNames == ["aux", "main"])
    let calls = Dictionary(uniqueKeysWithValues: model.description.layers.map { ($0.name, $0.calls.count) })
    #expect(calls["main"] == 1 && calls["aux"] == 0, "\(calls)")
    // 3 x 3 x 3 x 6 + 6, and the head's 6 x 3 + 3: nothing that was not wanted is held.
    #expect(model.graph.nodes.compactMap { ($0.op as? Constant)?.tensor.shape.count }.reduce(0, +) < 250)
  }

  @Test(arguments: ["lambda_first.keras", "keras2_custom_layer.h5", "keras2_custom_archive.keras"])
  func `those of a wanted one are asked for`(name: String) throws {
    for outputs in [WantedOutputs.all, .first(1), .named(["aux"])] {
      let error = try #require(throws: ImportError.self) { try imported(name, outputs) }
      #expect(error.kind == .unsupported && error.what.contains("Lambda"), "\(error)")
    }
    let error = try #require(throws: ImportError.self) { try imported(name, .named(["nope"])) }
    #expect(error.kind == .usage && error.what.contains("nope, but aux, main"), "\(error)")
  }

  @Test(arguments: ["lambda_first.keras", "keras2_custom_layer.h5", "nested_outputs.keras", "custom_layer.keras"])
  func `of all outputs those stay that can be imported, with the reason of the others`(name: String) throws {
    let model = try imported(name, .possible)
    #expect(model.graph.outputs.count == 1 && model.description.outputNames.count == 2)
    #expect(model.description.notes.contains { $0.contains("aux is left out") && $0.contains("not supported") })
  }

  @Test func `a model whose outputs can all be imported has all, and no note`() throws {
    let model = try imported("second_input.keras", .possible)
    #expect(model.graph.outputs.map(\.name) == ["main", "aux"] && model.description.notes.isEmpty)
    #expect(model.graph.inputs.count == 2)
  }
}
