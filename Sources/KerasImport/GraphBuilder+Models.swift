import Graphs

/// One call of one layer of a model, by position.
private struct Unit: Hashable {
  var layer: Int
  var call: Int
}

extension GraphBuilder {
  /// Adds a whole model, its inputs included, and names the outputs.
  func buildRoot(_ model: ModelConfig) throws(KerasError) {
    var inputs: [Value] = []
    if model.isSequential {
      guard let first = model.layers.first else { throw KerasError(.malformed, "config", "the model has no layers") }
      var shape = first.config.value(["batch_shape", "batch_input_shape"]) ?? model.buildInputShape
      if shape == nil, let inner = first.nested?.model.layers.first {
        shape = inner.config.value(["batch_shape", "batch_input_shape"])
      }
      let name = first.className == "InputLayer" ? first.name : first.name + "_input"
      inputs = [try input(name, shape, site: first.path)]
    } else {
      for endpoint in model.inputs {
        guard let layer = model.layers.first(where: { $0.name == endpoint.reference.layer }) else {
          throw KerasError(.malformed, endpoint.reference.layer, "input_layers names a layer that does not exist")
        }
        let shape = layer.config.value(["batch_shape", "batch_input_shape"])
        inputs.append(try input(layer.name, shape, site: layer.path))
      }
      if inputs.isEmpty { throw KerasError(.malformed, "config", "the model has no inputs") }
    }
    let values = try build(model, inputs, scope: "")
    var used: [String: Int] = [:]
    for (place, value) in values.enumerated() {
      let endpoint = model.isSequential ? nil : model.outputs[place]
      let name = endpoint?.name ?? endpoint?.reference.layer ?? model.layers.last?.name ?? "output"
      let repeats = used[name, default: 0]
      used[name] = repeats + 1
      graph.output(value, name: repeats == 0 ? name : "\(name)_\(repeats)")
    }
  }

  private func build(_ model: ModelConfig, _ inputs: [Value], scope: String) throws(KerasError) -> [Value] {
    model.isSequential
      ? try buildSequential(model, inputs, scope: scope) : try buildFunctional(model, inputs, scope: scope)
  }

  private func buildSequential(_ model: ModelConfig, _ inputs: [Value], scope: String) throws(KerasError) -> [Value] {
    var values = inputs
    for (place, layer) in model.layers.enumerated() where !(place == 0 && layer.className == "InputLayer") {
      values = try apply(layer, values, call: 0, scope: scope)
    }
    return values
  }

  private func apply(_ layer: LayerEntry, _ inputs: [Value], call: Int, scope: String) throws(KerasError) -> [Value] {
    let name = scope + layer.name + (call == 0 ? "" : "@\(call + 1)")
    guard let nested = layer.nested else { return [try build(layer, inputs, name: name)] }
    let first = graph.nodes.count
    let results = try build(nested.model, inputs, scope: name + "/")
    note(layer, name, inputs, results, since: first)
    return results
  }

  /// Visits the calls that the outputs need, each after those it reads. Iterative, since a file decides how deep it
  /// goes.
  private func buildFunctional(_ model: ModelConfig, _ inputs: [Value], scope: String) throws(KerasError) -> [Value] {
    let places = Dictionary(uniqueKeysWithValues: model.layers.enumerated().map { ($1.name, $0) })
    let index = try NodeIndex(model)
    let anyIndex = ["3.0.", "3.1."].contains { kerasVersion?.hasPrefix($0) ?? false }
    func unit(_ reference: Reference, from site: String, isEndpoint: Bool = false) throws(KerasError) -> Unit {
      guard let place = places[reference.layer] else {
        throw KerasError(.malformed, site, "reads from layer \(printable(reference.layer)), which does not exist")
      }
      let layer = model.layers[place]
      return Unit(layer: place, call: try index.call(reference, of: layer, isEndpoint: isEndpoint, anyIndex: anyIndex))
    }
    let site = model.path.isEmpty ? "config" : model.path
    guard inputs.count == model.inputs.count else {
      throw KerasError(.malformed, site, "is given \(inputs.count) tensors, it has \(model.inputs.count) inputs")
    }
    var results: [Unit: [Value]] = [:]
    for (endpoint, value) in zip(model.inputs, inputs) { results[try unit(endpoint.reference, from: site)] = [value] }

    var entered: Set<Unit> = []
    var pending: [Unit] = []
    for output in model.outputs.reversed() {
      pending.append(try unit(output.reference, from: "output_layers", isEndpoint: true))
    }
    while let next = pending.last {
      if results[next] != nil {
        pending.removeLast()
        continue
      }
      let layer = model.layers[next.layer]
      guard next.call < layer.calls.count else {
        throw KerasError(.malformed, layer.path, "is needed, but nothing is connected to it")
      }
      let call = layer.calls[next.call]
      var sources: [Unit] = []
      for reference in call.arguments { sources.append(try unit(reference, from: layer.path)) }
      let missing = sources.filter { results[$0] == nil }
      if missing.isEmpty {
        try check(call, of: layer)
        var arguments: [Value] = []
        for (reference, source) in zip(call.arguments, sources) {
          arguments.append(try pick(results[source], reference, layer.path))
        }
        results[next] = try apply(layer, arguments, call: next.call, scope: scope)
        pending.removeLast()
      } else {
        guard entered.insert(next).inserted else {
          throw KerasError(.malformed, layer.path, "the layers form a cycle through this one")
        }
        pending += missing.reversed()
      }
    }
    var outputs: [Value] = []
    for output in model.outputs {
      let source = try unit(output.reference, from: "output_layers", isEndpoint: true)
      outputs.append(try pick(results[source], output.reference, output.reference.layer))
    }
    return outputs
  }

  private func pick(_ values: [Value]?, _ reference: Reference, _ site: String) throws(KerasError) -> Value {
    guard let values, values.indices.contains(reference.tensor) else {
      throw KerasError(
        .malformed, site, "tensor \(reference.tensor) of layer \(printable(reference.layer)) does not exist")
    }
    return values[reference.tensor]
  }

  /// Refuses calls whose arguments change what the layer computes.
  private func check(_ call: Call, of layer: LayerEntry) throws(KerasError) {
    for key in ["mask", "initial_state"] {
      if let value = call.keywords[key], !value.isNull {
        throw KerasError(.unsupported, layer.path, "is called with \(key)")
      }
    }
    let isTraining = call.keywords["training"].map { $0.bool == true || $0.int == 1 } ?? false
    if isTraining, layer.nested != nil || LayerTable.rule(for: layer)?.dependsOnTraining == true {
      throw KerasError(
        .unsupported, layer.path, "is called with training=True, which keeps it active at inference",
        hint: "call the layer without it and save the model again")
    }
  }
}
