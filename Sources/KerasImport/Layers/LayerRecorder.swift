import Graphs
import ModelFiles

/// Lists the layers of a model with what the file and the graph know of them.
struct LayerRecorder {
  private let file: any WeightSource
  private let binding: WeightBinding
  private let calls: [Int: [ModelLayer.Call]]
  /// The layers that were imported, by `LayerEntry.id`.
  private let needed: Set<Int>
  private var facts: [String: DatasetFacts] = [:]
  private(set) var layers: [ModelLayer] = []

  /// `calls` are those of the graph that was built, by `LayerEntry.id`.
  init(
    _ file: any WeightSource, _ binding: WeightBinding, _ calls: [Int: [ModelLayer.Call]], needed: Set<Int>
  ) {
    (self.file, self.binding, self.calls, self.needed) = (file, binding, calls, needed)
  }

  /// Adds the layers of a model in the order of the file, those of models within it after each of these.
  /// `given` are the tensors that the model is called with, call by call.
  mutating func record(
    _ model: ModelConfig, given: [[Value?]], depth: Int = 0, isTrainable: Bool = true
  ) throws(ImportError) {
    let sources = LayerSources(model)
    for (place, layer) in model.layers.enumerated() {
      let ownTrainable = try layer.config.bool("trainable", default: true)
      var record = ModelLayer(
        path: layer.path, name: layer.name, className: layer.storedClass, computes: layer.computes,
        sources: sources[place], variables: try variables(layer, isTrainable && ownTrainable),
        calls: calls[layer.id] ?? [])
      (record.depth, record.isModel) = (depth, layer.nested != nil)
      (record.isTrainable, record.dtypePolicy) = (isTrainable && ownTrainable, layer.dtypePolicy)
      if layer.className == "InputLayer" { record.calls = inputCalls(layer, of: model, given) }
      layers.append(record)
      guard let nested = layer.nested else { continue }
      try self.record(
        nested.model, given: record.calls.map(\.inputs), depth: depth + 1, isTrainable: record.isTrainable)
    }
  }

  private mutating func variables(
    _ layer: LayerEntry, _ isTrainable: Bool
  ) throws(ImportError) -> [ModelLayer.Variable] {
    var result: [ModelLayer.Variable] = []
    for variable in try layer.variables(needed) {
      guard let dataset = binding.paths[layer.id]?[variable.name], let known = facts[dataset] ?? file.facts(of: dataset)
      else { continue }
      facts[dataset] = known
      result.append(
        .init(
          name: variable.name, dataset: dataset, shape: known.shape, type: known.type, count: known.count,
          byteCount: known.byteCount, isTrainable: isTrainable && variable.isTrainable))
    }
    return result
  }

  /// The tensors that stand for an input layer, one for each call of its model.
  private func inputCalls(_ layer: LayerEntry, of model: ModelConfig, _ given: [[Value?]]) -> [ModelLayer.Call] {
    let place = model.isSequential ? 0 : model.inputs.firstIndex { $0.reference.layer == layer.name }
    guard let place else { return [] }
    return given.compactMap { values in
      guard values.indices.contains(place), let value = values[place] else { return nil }
      return ModelLayer.Call(name: layer.path, inputs: [], results: [value], nodes: 0..<0)
    }
  }
}

/// For each layer of a model and each of its calls, the layers that are read.
private struct LayerSources {
  private var sources: [[[String]]]

  init(_ model: ModelConfig) {
    if model.isSequential {
      sources = model.layers.indices.map { $0 == 0 ? [] : [[model.layers[$0 - 1].name]] }
      return
    }
    let layers = Dictionary(model.layers.map { ($0.name, $0) }) { first, _ in first }
    let index = try? NodeIndex(model)
    sources = model.layers.map { layer in
      layer.calls.map { call in
        call.arguments.leaves.map { reference in
          guard let source = layers[reference.layer], source.calls.count > 1, let index,
            let call = try? index.call(reference, of: source, isEndpoint: false, anyIndex: true), call > 0
          else { return reference.layer }
          return "\(reference.layer)@\(call + 1)"
        }
      }
    }
  }

  subscript(place: Int) -> [[String]] { sources[place] }
}

extension LayerEntry {
  /// What stands for the layer where its class does not say what it computes: a function, or a substitute.
  fileprivate var computes: String? { function?.title ?? (fileClass == nil ? nil : className) }

  fileprivate var dtypePolicy: String {
    var names: [String] = []
    for policy in config.policies where !names.contains(policy.name) { names.append(policy.name) }
    return names.isEmpty ? "float32" : names.joined(separator: ", ")
  }
}

extension ModelConfig {
  /// True where a layer says that channels come before rows.
  var isChannelsFirst: Bool { allLayers.contains { $0.config.value(["data_format"])?.string == "channels_first" } }
}
