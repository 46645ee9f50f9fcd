import FoundationEssentials
import Graphs
import KerasImport
import ModelFiles
import Tensors
import Testing

/// The layer cases of Keras.js, which Keras 2.1 computed.
private let suite: String? = shared.map { $0 + "/suites/keras-js-layer-tests" }
  .flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }

private struct Values: Decodable {
  var data: [Float]
  var shape: [Int]
  var tensor: Tensor { Tensor(Shape(shape), data) }
}

private struct SuiteCase: Decodable {
  var input: Values
  var weights: [Values]?
  var expected: Values
}

/// All cases by name, such as `convolutional.Conv2D.0`.
private let cases: [String: SuiteCase] = {
  guard let suite else { return [:] }
  var result: [String: SuiteCase] = [:]
  let paths = (try? FileManager.default.subpathsOfDirectory(atPath: suite)) ?? []
  for path in paths where path.hasSuffix(".json") {
    let bytes = FileManager.default.contents(atPath: suite + "/" + path) ?? Data()
    let part = (try? JSONDecoder().decode([String: SuiteCase].self, from: bytes)) ?? [:]
    result.merge(part) { first, _ in first }
  }
  return result
}()

/// Classes that are refused, and why.
private let refused: [String: String] = [
  "Conv3D": "three spatial axes", "Cropping3D": "three spatial axes", "UpSampling3D": "three spatial axes",
  "ZeroPadding3D": "three spatial axes", "AveragePooling3D": "three spatial axes",
  "MaxPooling3D": "three spatial axes", "GlobalAveragePooling3D": "three spatial axes",
  "GlobalMaxPooling3D": "three spatial axes", "GRU": "recurrent", "LSTM": "recurrent", "SimpleRNN": "recurrent",
  "Bidirectional": "recurrent",
]

private func parts(_ name: String) -> (group: String, layer: String, index: Int) {
  let parts = name.split(separator: ".").map(String.init)
  return (parts[0], parts[1], Int(parts[2]) ?? 0)
}

private let caseNames = cases.keys.sorted()

@Suite(.enabled(if: suite != nil, "no layer cases of Keras.js beside the package: skipped"))
struct LayerSuiteTests {
  @Test func `every case is computed or its layer refused`() {
    #expect(caseNames.count == 280)
    for name in caseNames {
      let (group, layer, index) = parts(name)
      let isKnown = group == "activations" || index < layerSuiteConfigurations[layer]?.count ?? 0
      #expect(isKnown != (refused[layer] != nil), "\(name)")
    }
  }

  @Test(arguments: caseNames.filter { refused[parts($0).layer] == nil })
  func `a layer computes what Keras computed`(name: String) throws {
    let reference = try #require(cases[name])
    let (configuration, weights) = model(name, reference)
    let graph = try importKeras(configuration: configuration, weights: weights, kerasVersion: "2.1.2").graph
    let input = reference.input.tensor, expected = reference.expected.tensor
    let batch = input.reshaped(Shape([1] + input.shape.dims))
    let result = try run(graph, [graph.nodes[graph.inputs[0]].name: batch])[0]
    #expect(result.shape.dims == [1] + expected.shape.dims)
    let largest = expected.floats.reduce(Float(0)) { max($0, abs($1)) }
    let comparison = Comparison(
      result, against: expected.reshaped(result.shape), rtol: 0, atol: 1e-5 + 1e-4 * largest)
    #expect(comparison.beyond == 0, "differs by \(comparison.maximum)")
  }

  @Test(arguments: caseNames.filter { refused[parts($0).layer] != nil })
  func `a layer is refused by name`(name: String) throws {
    let layer = parts(name).layer, shape = try #require(cases[name]).input.shape
    let configuration = sequential([input(shape), entry(layer, "layer", "{}")])
    let error = #expect(throws: ImportError.self) {
      try importKeras(configuration: configuration, weights: [:], kerasVersion: "2.1.2")
    }
    #expect(error?.kind == .unsupported && error?.what.contains(layer) == true)
  }
}

/// A configuration in JSON and the weights of its layers.
private typealias Model = (configuration: String, weights: [String: [Tensor]])

private func model(_ name: String, _ reference: SuiteCase) -> Model {
  let (group, layer, index) = parts(name)
  let weights = reference.weights?.map(\.tensor) ?? []
  let first = input(reference.input.shape)
  switch group {
  case "activations":
    let function =
      switch name {
      case "activations.elu.3": entry("ELU", "layer", #"{"alpha":0.5}"#)
      case "activations.relu.3": entry("ReLU", "layer", #"{"max_value":0.5}"#)
      case "activations.relu.4": entry("ReLU", "layer", #"{"negative_slope":0.3}"#)
      default: entry("Activation", "layer", "{\"activation\":\"\(layer)\"}")
      }
    return (sequential([first, function]), [:])
  case "merge": return merge(layer, index, first, weights)
  default: break
  }
  let tested = entry(layer, "layer", layerSuiteConfigurations[layer]?[index] ?? "{}")
  if ["Activation", "Dropout", "GaussianDropout", "GaussianNoise"].contains(layer) {
    return (sequential([first, entry("Dense", "dense", #"{"units":2}"#), tested]), ["dense": weights])
  }
  return (sequential([first, tested]), ["layer": weights])
}

/// A layer that joins the results of dense layers, which are sequences of three equal vectors for some.
private func merge(_ layer: String, _ index: Int, _ first: String, _ weights: [Tensor]) -> Model {
  let areSequences = layer == "Dot" || (layer == "Concatenate" && index > 0)
  var layers = [first], sources: [String] = [], values: [String: [Tensor]] = [:]
  for place in 0..<weights.count / 2 {
    var source = "dense\(place)"
    layers.append(entry("Dense", source, #"{"units":2}"#, from: ["input"]))
    values[source] = Array(weights[2 * place...2 * place + 1])
    if areSequences {
      layers.append(entry("RepeatVector", "repeat\(place)", #"{"n":3}"#, from: [source]))
      source = "repeat\(place)"
    }
    sources.append(source)
  }
  layers.append(entry(layer, "layer", layerSuiteConfigurations[layer]?[index] ?? "{}", from: sources))
  let list = layers.joined(separator: ",")
  let ends = #""input_layers":[["input",0,0]],"output_layers":[["layer",0,0]]"#
  return ("{\"class_name\":\"Model\",\"config\":{\"name\":\"model\",\"layers\":[\(list)],\(ends)}}", values)
}

private func input(_ shape: [Int]) -> String {
  entry("InputLayer", "input", "{\"batch_input_shape\":[null,\(shape.map(String.init).joined(separator: ","))]}")
}

private func sequential(_ layers: [String]) -> String {
  let list = layers.joined(separator: ",")
  return "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"model\",\"layers\":[\(list)]}}"
}

private func entry(_ className: String, _ name: String, _ config: String, from sources: [String] = []) -> String {
  let members = config == "{}" ? "}" : "," + config.dropFirst()
  let calls = sources.map { "[\"\($0)\",0,0,{}]" }.joined(separator: ",")
  let nodes = sources.isEmpty ? "[]" : "[[\(calls)]]"
  let head = "\"class_name\":\"\(className)\",\"name\":\"\(name)\",\"inbound_nodes\":\(nodes)"
  return "{\(head),\"config\":{\"name\":\"\(name)\"\(members)}"
}
