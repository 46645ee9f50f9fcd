import Graphs
import ModelFiles

/// One call of one layer of a model, by position.
private struct Unit: Hashable {
  var layer: Int
  var call: Int
}

extension GraphBuilder {
  /// Adds a whole model, its inputs included, and names the outputs.
  func buildRoot(_ model: ModelConfig) throws(ImportError) {
    var inputs: [Value] = []
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
        inputs.append(try input(layer.name, shape, layer))
      }
      if inputs.isEmpty { throw ImportError(.malformed, "config", "the model has no inputs") }
    }
    let values = try build(model, inputs, scope: "")
    let wanted = values.indices.map { place in
      let endpoint = model.isSequential ? nil : model.outputs[place]
      return endpoint?.name ?? endpoint?.reference.layer ?? model.layers.last?.name ?? "output"
    }
    for (value, name) in zip(values, unique(wanted)) { graph.output(value, name: name) }
  }

  /// The same names, those that are taken already with a number.
  private func unique(_ names: [String]) -> [String] {
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

  private func build(_ model: ModelConfig, _ inputs: [Value], scope: String) throws(ImportError) -> [Value] {
    model.isSequential
      ? try buildSequential(model, inputs, scope: scope) : try buildFunctional(model, inputs, scope: scope)
  }

  private func buildSequential(_ model: ModelConfig, _ inputs: [Value], scope: String) throws(ImportError) -> [Value] {
    var values = inputs
    for (place, layer) in model.layers.enumerated() where !(place == 0 && layer.className == "InputLayer") {
      values = try apply(layer, CallArguments(values), call: 0, scope: scope)
    }
    return values
  }

  private func apply(
    _ layer: LayerEntry, _ arguments: CallArguments<Value>, call: Int, scope: String
  ) throws(ImportError) -> [Value] {
    try countCall(layer)
    let name = scope + layer.name + (call == 0 ? "" : "@\(call + 1)")
    guard let model = layer.nested?.model else { return try build(layer, arguments, name: name) }
    let (first, given) = (graph.nodes.count, inputs(of: model, arguments))
    let results = try build(model, given, scope: name + "/")
    note(layer, name, given, results, since: first)
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

  /// Visits the calls that the outputs need, each after those it reads. Iterative, since a file decides how deep it
  /// goes.
  private func buildFunctional(_ model: ModelConfig, _ inputs: [Value], scope: String) throws(ImportError) -> [Value] {
    let places = Dictionary(uniqueKeysWithValues: model.layers.enumerated().map { ($1.name, $0) })
    let index = try NodeIndex(model)
    let anyIndex = ["3.0.", "3.1."].contains { kerasVersion?.hasPrefix($0) ?? false }
    func unit(_ reference: Reference, from site: String, isEndpoint: Bool = false) throws(ImportError) -> Unit {
      guard let place = places[reference.layer] else {
        throw ImportError(.malformed, site, "reads from layer \(printable(reference.layer)), which does not exist")
      }
      let layer = model.layers[place]
      return Unit(layer: place, call: try index.call(reference, of: layer, isEndpoint: isEndpoint, anyIndex: anyIndex))
    }
    let site = model.path.isEmpty ? "config" : model.path
    guard inputs.count == model.inputs.count else {
      throw ImportError(.malformed, site, "is given \(inputs.count) tensors, it has \(model.inputs.count) inputs")
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
        throw ImportError(.malformed, layer.path, "is needed, but nothing is connected to it")
      }
      let call = layer.calls[next.call]
      var missing: [Unit] = []
      for reference in call.arguments.leaves {
        let source = try unit(reference, from: layer.path)
        if results[source] == nil { missing.append(source) }
      }
      if missing.isEmpty {
        try check(call, of: layer)
        let arguments = try call.arguments.map { (reference) throws(ImportError) in
          try pick(results[try unit(reference, from: layer.path)], reference, layer.path)
        }
        results[next] = try apply(layer, arguments, call: next.call, scope: scope)
        pending.removeLast()
      } else {
        guard entered.insert(next).inserted else {
          throw ImportError(.malformed, layer.path, "the layers form a cycle through this one")
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

  private func pick(_ values: [Value]?, _ reference: Reference, _ site: String) throws(ImportError) -> Value {
    guard let values, values.indices.contains(reference.tensor) else {
      throw ImportError(
        .malformed, site, "tensor \(reference.tensor) of layer \(printable(reference.layer)) does not exist")
    }
    return values[reference.tensor]
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
        hint: "call the layer without it and save the model again")
    }
  }
}
