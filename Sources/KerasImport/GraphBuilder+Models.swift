import Diagnostics
import Graphs
import ModelFiles

extension GraphBuilder {
  /// Adds a whole model, its inputs included, and names the outputs. `wanted` are places among these.
  func buildRoot(_ model: ModelConfig, _ wanted: Set<Int>) throws(ImportError) {
    let needed = try model.layersNeeded(by: wanted, kerasVersion: kerasVersion)
    var inputs: [Value?] = []
    if model.isSequential {
      guard let first = model.layers.first else { throw ImportError(.malformed, "config", "the model has no layers") }
      let name = first.className == "InputLayer" ? first.name : first.name + "_input"
      inputs = [try input(name, model.inputShape, first)]
    } else {
      for endpoint in model.inputs {
        guard let layer = model.layers.first(where: { $0.name == endpoint.reference.layer }) else {
          throw ImportError(.malformed, endpoint.reference.layer, "input_layers names a layer that does not exist")
        }
        let shape = layer.config.value(["batch_shape", "batch_input_shape"])
        do throws(ImportError) { inputs.append(try input(layer.name, shape, layer)) } catch {
          if needed.contains(layer.id) { throw error }
          inputs.append(nil)
        }
      }
    }
    self.inputs = inputs
    let values = try build(model, inputs, wanted, scope: "")
    for (place, name) in model.outputNames.enumerated() where wanted.contains(place) {
      guard values.indices.contains(place), let value = values[place] else { continue }
      graph.output(value, name: name)
    }
  }

  private func build(
    _ model: ModelConfig, _ inputs: [Value?], _ wanted: Set<Int>, scope: String
  ) throws(ImportError) -> [Value?] {
    model.isSequential
      ? try buildSequential(model, inputs, scope: scope) : try buildFunctional(model, inputs, wanted, scope: scope)
  }

  private func buildSequential(
    _ model: ModelConfig, _ inputs: [Value?], scope: String
  ) throws(ImportError) -> [Value?] {
    var values = inputs
    for (place, layer) in model.layers.enumerated() where !(place == 0 && layer.className == "InputLayer") {
      values = try apply(layer, CallArguments(values.compactMap { $0 }), call: 0, nil, scope: scope)
    }
    return values
  }

  /// `wanted` are the results that are read, nil for all.
  private func apply(
    _ layer: LayerEntry, _ arguments: CallArguments<Value>, call: Int, _ wanted: Set<Int>?, scope: String
  ) throws(ImportError) -> [Value?] {
    try countCall(layer)
    let name = scope + layer.name + (call == 0 ? "" : "@\(call + 1)")
    guard let model = layer.nested?.model else { return try build(layer, arguments, name: name) }
    let (first, given) = (graph.nodes.count, inputs(of: model, arguments))
    let results = try build(model, given, wanted ?? Set(model.outputs.indices), scope: name + "/")
    note(layer, name, given, results.compactMap { $0 }, since: first)
    return results
  }

  /// What a nested model is called with, in the order of its inputs: a dictionary goes by their names.
  private func inputs(of model: ModelConfig, _ arguments: CallArguments<Value>) -> [Value] {
    if arguments.positional.count == 1, case .dictionary(let members) = arguments.positional[0] {
      let values = model.inputs.map { members[$0.name ?? $0.reference.layer]?.leaves ?? [] }
      if values.allSatisfy({ $0.count == 1 }) { return values.flatMap { $0 } }
    }
    return arguments.leaves
  }

  /// Adds the calls that the wanted outputs need, each after those it reads; the other outputs are nil.
  private func buildFunctional(
    _ model: ModelConfig, _ inputs: [Value?], _ wanted: Set<Int>, scope: String
  ) throws(ImportError) -> [Value?] {
    let site = model.path.isEmpty ? "config" : model.path
    guard inputs.count == model.inputs.count else {
      throw ImportError(.malformed, site, "is given \(inputs.count) tensors, it has \(model.inputs.count) inputs")
    }
    let order = try CallOrder(model, outputs: wanted, kerasVersion: kerasVersion)
    var results: [CallOrder.Unit: [Value?]] = [:]
    for (unit, value) in zip(order.inputs, inputs) { results[unit] = [value] }
    for unit in order.calls {
      let layer = model.layers[unit.layer]
      let call = layer.calls[unit.call]
      try check(call, of: layer)
      let arguments = try call.arguments.map { (reference) throws(ImportError) in
        try pick(results[try order.unit(reference, from: layer.path)], reference, layer.path)
      }
      results[unit] = try apply(layer, arguments, call: unit.call, order.results[unit], scope: scope)
    }
    return try model.outputs.indices.map { (place) throws(ImportError) -> Value? in
      guard wanted.contains(place) else { return nil }
      let reference = model.outputs[place].reference
      return try pick(results[try order.output(place).unit], reference, reference.layer)
    }
  }

  private func pick(_ values: [Value?]?, _ reference: Reference, _ site: String) throws(ImportError) -> Value {
    guard let values, values.indices.contains(reference.tensor), let value = values[reference.tensor] else {
      throw ImportError(
        .malformed, site, "tensor \(reference.tensor) of layer \(printable(reference.layer)) does not exist")
    }
    return value
  }

  /// Refuses calls whose arguments change what the layer computes.
  private func check(_ call: Call, of layer: LayerEntry) throws(ImportError) {
    for key in ["mask", "initial_state"] {
      if let value = call.arguments.keywords[key], !value.isEmpty {
        throw ImportError(.unsupported, layer.path, "is called with \(key)")
      }
    }
    let isTraining =
      switch call.arguments.keywords["training"] {
      case .bool(true), .integer(1): true
      default: false
      }
    // Keras 3 gives each call of a prediction training=False, whatever the model was built with. It writes its default for
    // layers that augment images into the file.
    if isTraining, call.style == .keras2 || isOfKeras2, layer.dependsOnTraining {
      throw ImportError(
        .unsupported, layer.path, "is called with training=True, which keeps it active at inference",
        remedy: .advice("call the layer without it and save the model again"))
    }
  }
}

extension ModelConfig {
  /// A name for each output: the key that the file gives it, or the layer's, those that are taken already with a number.
  var outputNames: [String] {
    let names =
      isSequential
      ? [String](repeating: layers.last?.name ?? "output", count: outputCount)
      : outputs.map { $0.name ?? $0.reference.layer }
    var (taken, repeats) = (Set(names), [String: Int]())
    return names.map { name in
      guard let first = repeats[name] else {
        repeats[name] = 1
        return name
      }
      var number = first
      while !taken.insert("\(name)_\(number)").inserted { number += 1 }
      repeats[name] = number + 1
      return "\(name)_\(number)"
    }
  }

  private var outputCount: Int { isSequential ? layers.last?.nested?.model.outputCount ?? 1 : outputs.count }
}
