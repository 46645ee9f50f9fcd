import ModelFiles

extension LayerEntry {
  /// True for a layer that keeps one node of a TensorFlow graph and its constant inputs, as TensorFlow 2.0 to 2.3 made of each function
  /// that is called between layers.
  var isNode: Bool { className == "TensorFlowOpLayer" }

  /// The operator of the node that the layer keeps.
  var nodeOperation: String? { isNode ? NodeDefinition(config.values["node_def"])?.operation : nil }

  /// Makes the layer the function that its node computes, called with what it is given and its constants. A node of an operator that is
  /// not known stays what it is.
  ///
  /// Source: `TensorFlowOpLayer` in `base_layer.py` of TensorFlow 2.3.
  mutating func readNode() throws(ImportError) {
    guard isNode else { return }
    config.values["function"] = nil
    guard let node = NodeDefinition(config.values["node_def"]), let rule = NodeRule.named(node.operation) else {
      return
    }
    let constants = try nodeConstants()
    do throws(ImportError) {
      calls = try calls.map { (call) throws(ImportError) in
        var inputs = call.arguments.leaves.map { Argument<Reference>.tensor($0) }
        for (place, value) in constants {
          guard place <= inputs.count else {
            throw ImportError(.malformed, path, "the constants of \(node.operation) leave inputs out")
          }
          inputs.insert(try Argument(plain: value, path), at: place)
        }
        return Call(style: call.style, arguments: try rule.call(inputs, node, path))
      }
    } catch {
      guard error.kind == .unsupported else { throw error }
      // It matters only where the layer is needed.
      problem = error.what
    }
    config.values["function"] = .string(rule.function)
  }

  /// The inputs that the file holds, by their place among all, in ascending order.
  private func nodeConstants() throws(ImportError) -> [(place: Int, value: JSON)] {
    var result: [(place: Int, value: JSON)] = []
    for (key, value) in config.values["constants"]?.object ?? [:] {
      guard let place = Int(key), place >= 0 else { throw config.error("constants", "values by the place of an input") }
      result.append((place, value))
    }
    return result.sorted { $0.place < $1.place }
  }
}
