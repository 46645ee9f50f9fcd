package import Tensors

extension Graph {
  /// The same graph for inputs of these types, all other types inferred anew. Keys are input names; inputs not named keep their type.
  /// Nodes stay in their places; those that compute sizes become constants, and attributes of the operators that take them. Nobody
  /// reads an operator any more that changes nothing at these sizes.
  ///
  /// Errors: an unknown input name, a different rank, or an operator that cannot take what it now gets.
  package func specialised(to types: [String: TensorType]) throws(GraphError) -> Graph {
    for name in types.keys.sorted() where !inputs.contains(where: { nodes[$0].name == name }) {
      throw GraphError(.request, name, "the model has no such input")
    }
    var result = Graph()
    var sources: [Value: Value] = [:]
    for node in nodes {
      if let input = node.op as? Input {
        let type = types[node.name] ?? input.type
        guard type.rank == input.type.rank else {
          throw GraphError(.request, node.name, "\(type) does not have the rank of \(input.type)")
        }
        result.input(node.name, type)
      } else {
        let value = try result.add(node.op, node.inputs.map { sources[$0] ?? $0 }, name: node.name)
        try result.settleLast()
        sources[value] = result.source(of: value)
      }
    }
    for output in outputs { result.output(sources[output.value] ?? output.value, name: output.name) }
    return result
  }

  /// The value that an operator passes on unchanged. An input of the graph is none: an output needs a step that computes it.
  private func source(of value: Value) -> Value? {
    let node = nodes[value.node]
    guard let first = node.inputs.first, !(nodes[first.node].op is Input),
      node.op.passesOn(node.inputs.map { self[$0] })
    else { return nil }
    return first
  }

  /// The result of the plain definitions for these inputs, keyed by input name: every value of every node.
  package func evaluateAll(_ feed: [String: Tensor]) throws(GraphError) -> [[Tensor]] {
    var values: [[Tensor]] = []
    for node in nodes {
      if node.op is Input {
        guard let tensor = feed[node.name] else {
          throw GraphError(.request, node.name, "no value was given for this input")
        }
        values.append([tensor])
      } else {
        values.append(node.op.evaluate(node.inputs.map { values[$0.node][$0.result] }))
      }
    }
    return values
  }

  /// The outputs by the plain definitions, in the order of `outputs`.
  package func evaluate(_ feed: [String: Tensor]) throws(GraphError) -> [Tensor] {
    let types = feed.mapValues(\.type)
    let graph = try specialised(to: types)
    for node in graph.nodes {
      for type in node.types where type.shape == nil {
        throw GraphError(.types, node.name, "the shape \(type) depends on the data")
      }
    }
    let values = try graph.evaluateAll(feed)
    return graph.outputs.map { values[$0.value.node][$0.value.result] }
  }
}
