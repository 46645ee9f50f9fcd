import ModelFiles
import FoundationEssentials
import Graphs
import KerasImport
import Tensors
import Testing

/// What Keras' summary says of a model; made by tools/make_fixtures/keras_summaries.py.
private struct Summary: Decodable, Sendable, CustomStringConvertible {
  var file: String
  var parameters: Int, trained: Int
  var layers: [Layer]
  var description: String { file }

  struct Layer: Decodable {
    var path: String, className: String
    var parameters: Int, trained: Int
    var shapes: [[Int?]]?
    var sources: [String]?

    init(from decoder: any Decoder) throws {
      var row = try decoder.unkeyedContainer()
      (path, className) = (try row.decode(String.self), try row.decode(String.self))
      (parameters, trained) = (try row.decode(Int.self), try row.decode(Int.self))
      shapes = try row.decodeIfPresent([[Int?]].self)
      sources = try row.decodeIfPresent([String].self)
    }
  }
}

private let summaries: [Summary] =
  (try? JSONDecoder().decode([Summary].self, from: Data(bytes(packageRoot + "/Fixtures/summaries/keras.json")))) ?? []

struct SummaryTests {
  @Test func `there are summaries`() { #expect(summaries.count > 10) }

  @Test(arguments: summaries) fileprivate func `layers are those of Keras' summary`(summary: Summary) throws {
    let model = try importKeras(path: fixtures + "/" + summary.file)
    let layers = model.description.layers
    #expect(model.description.parameterCount == summary.parameters)
    #expect(trained(layers) == summary.trained)
    // Keras leaves out the inputs of Sequential models.
    let expected = Dictionary(uniqueKeysWithValues: summary.layers.map { ($0.path, $0) })
    #expect(layers.filter { expected[$0.path] == nil }.allSatisfy { $0.className == "InputLayer" })
    #expect(layers.map(\.path).filter { expected[$0] != nil } == summary.layers.map(\.path))
    for (place, layer) in layers.enumerated() {
      guard let row = expected[layer.path] else { continue }
      let own = [layer] + layers[(place + 1)...].prefix { $0.depth > layer.depth }
      #expect(layer.className == row.className, "\(layer.path)")
      #expect(own.distinctVariables.reduce(0) { $0 + $1.count } == row.parameters, "\(layer.path)")
      #expect(trained(own) == row.trained, "\(layer.path)")
      if let sources = row.sources {
        #expect(layer.sources.flatMap { $0 }.map { String($0.prefix { $0 != "@" }) } == sources, "\(layer.path)")
      }
      guard let shapes = row.shapes else { continue }
      var found: [[Int?]] = []
      for result in layer.calls.flatMap(\.results) {
        let dims = [model.description.batch] + model.graph[result].dims.dropFirst()
        if !found.contains(dims) { found.append(dims) }
      }
      #expect(found == shapes, "\(layer.path)")
    }
  }

  private func trained(_ layers: [ModelLayer]) -> Int {
    layers.distinctVariables.filter(\.isTrainable).reduce(0) { $0 + $1.count }
  }

  @Test func `variables are found where the file has them`() throws {
    let v3 = try importKeras(path: fixtures + "/nested_twice/model.keras").description
    let conv = try #require(v3.layers.first { $0.path == "block/conv" })
    #expect(v3.weightsFile == "model.weights.h5" && v3.name == "outer")
    #expect(conv.variables.map(\.name) == ["kernel", "bias"] && conv.variables.map(\.type) == ["float32", "float32"])
    #expect(conv.variables.map(\.shape) == [[3, 3, 4, 4], [4]] && conv.variables.map(\.byteCount) == [576, 16])
    #expect(
      conv.variables.map(\.dataset)
        == ["layers/functional/layers/conv2d/vars/0", "layers/functional/layers/conv2d/vars/1"])
    #expect(conv.calls.map(\.name) == ["block/conv", "block@2/conv"] && conv.depth == 1 && !conv.isModel)

    let legacy = try importKeras(path: fixtures + "/legacy_unet/model.h5").description
    let first = try #require(legacy.layers.first { !$0.variables.isEmpty })
    #expect(first.variables.allSatisfy { $0.dataset.hasPrefix("model_weights/\(first.name)/") })
    let halves = try importKeras(path: fixtures + "/bfloat16_weights/model.keras").description
    #expect(halves.layers.flatMap(\.variables).contains { $0.type == "bfloat16" && $0.byteCount == 2 * $0.count })
  }

  @Test func `weights that two layers share count once`() throws {
    let layers = try importKeras(path: fixtures + "/shared_between_models/model.keras").description.layers
    let all = layers.flatMap(\.variables)
    #expect(layers.distinctVariables.count < all.count)
    #expect(Set(all.map(\.dataset)).count == layers.distinctVariables.count)
  }

  @Test func `dtype policies and frozen layers are read`() throws {
    let mixed = try importKeras(path: fixtures + "/mixed_precision/model.keras").description.layers
    #expect(mixed.contains { $0.dtypePolicy.hasPrefix("mixed_") })
    let frozen = try importKeras(path: fixtures + "/legacy_nested_frozen/model.h5").description.layers
    #expect(frozen.contains { !$0.isTrainable } && frozen.contains { $0.isTrainable })
  }
}
