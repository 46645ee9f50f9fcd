import Diagnostics
import ModelFiles

/// The calls of a functional model's layers that some of its outputs need, each after those it reads.
struct CallOrder {
  /// One call of one layer of a model, by position.
  struct Unit: Hashable {
    var layer: Int
    var call: Int
  }

  private let model: ModelConfig
  private let places: [String: Int]
  private let index: NodeIndex
  private let anyIndex: Bool
  /// Where the tensors that the model is given stand.
  private(set) var inputs: [Unit] = []
  private(set) var calls: [Unit] = []
  /// The results of each call, and of each input, that are read.
  private(set) var results: [Unit: Set<Int>] = [:]

  /// `outputs` are places among the outputs of the model. Iterative, since a file decides how deep it goes.
  ///
  /// Errors: references to what does not exist, and cycles.
  init(_ model: ModelConfig, outputs: Set<Int>, kerasVersion: String?) throws(ImportError) {
    self.model = model
    places = Dictionary(uniqueKeysWithValues: model.layers.enumerated().map { ($1.name, $0) })
    index = try NodeIndex(model)
    anyIndex = ["3.0.", "3.1."].contains { kerasVersion?.hasPrefix($0) ?? false }
    for endpoint in model.inputs {
      inputs.append(try unit(endpoint.reference, from: model.path.isEmpty ? "config" : model.path))
    }
    var pending: [Unit] = []
    for place in outputs.sorted(by: >) {
      let output = try self.output(place)
      results[output.unit, default: []].insert(output.result)
      pending.append(output.unit)
    }
    try visit(pending)
    for next in calls.reversed() {
      for reference in model.layers[next.layer].calls[next.call].arguments.leaves {
        results[try unit(reference, from: model.layers[next.layer].path), default: []].insert(reference.tensor)
      }
    }
  }

  /// Where an output of the model comes from.
  func output(_ place: Int) throws(ImportError) -> (unit: Unit, result: Int) {
    let reference = model.outputs[place].reference
    return (try unit(reference, from: "output_layers", isEndpoint: true), reference.tensor)
  }

  /// The call that a reference means.
  func unit(_ reference: Reference, from site: String, isEndpoint: Bool = false) throws(ImportError) -> Unit {
    guard let place = places[reference.layer] else {
      throw ImportError(.malformed, site, "reads from layer \(printable(reference.layer)), which does not exist")
    }
    let layer = model.layers[place]
    return Unit(layer: place, call: try index.call(reference, of: layer, isEndpoint: isEndpoint, anyIndex: anyIndex))
  }

  private mutating func visit(_ wanted: [Unit]) throws(ImportError) {
    var done = Set(inputs), entered: Set<Unit> = []
    var pending = wanted
    while let next = pending.last {
      if done.contains(next) {
        pending.removeLast()
        continue
      }
      let layer = model.layers[next.layer]
      guard next.call < layer.calls.count else {
        throw ImportError(.malformed, layer.path, "is needed, but nothing is connected to it")
      }
      var missing: [Unit] = []
      for reference in layer.calls[next.call].arguments.leaves {
        let source = try unit(reference, from: layer.path)
        if !done.contains(source) { missing.append(source) }
      }
      if missing.isEmpty {
        done.insert(next)
        calls.append(next)
        pending.removeLast()
      } else {
        guard entered.insert(next).inserted else {
          throw ImportError(.malformed, layer.path, "the layers form a cycle through this one")
        }
        pending += missing.reversed()
      }
    }
  }
}

extension ModelConfig {
  /// The layers that these outputs need, those of nested models included, by `LayerEntry.id`. All of a Sequential model's.
  func layersNeeded(by outputs: Set<Int>, kerasVersion: String?) throws(ImportError) -> Set<Int> {
    var search = NeededLayers(kerasVersion: kerasVersion)
    try search.visit(self, outputs)
    return search.found
  }
}

private struct NeededLayers {
  let kerasVersion: String?
  private(set) var found: Set<Int> = []
  /// Models by their layer, with the outputs that were asked of them: a model that calls others twice is not visited twice.
  private var visited: Set<[Int]> = []

  init(kerasVersion: String?) { self.kerasVersion = kerasVersion }

  mutating func visit(_ model: ModelConfig, _ outputs: Set<Int>) throws(ImportError) {
    if model.isSequential {
      for layer in model.layers { try need(layer, nil) }
      return
    }
    let order = try CallOrder(model, outputs: outputs, kerasVersion: kerasVersion)
    for unit in order.calls + order.inputs.filter({ order.results[$0] != nil }) {
      try need(model.layers[unit.layer], order.results[unit])
    }
  }

  /// `results` are those that are read; nil where all may be.
  private mutating func need(_ layer: LayerEntry, _ results: Set<Int>?) throws(ImportError) {
    found.insert(layer.id)
    guard let model = layer.nested?.model else { return }
    let outputs = results.map { $0.intersection(model.outputs.indices) } ?? Set(model.outputs.indices)
    if visited.insert([layer.id] + outputs.sorted()).inserted { try visit(model, outputs) }
  }
}
