import Graphs
package import ModelFiles
package import Tensors

/// Where the values of weights come from.
protocol WeightSource {
  /// The dimensions of a dataset that may hold weights.
  func shape(ofDataset path: String) throws(ImportError) -> [Int]

  /// The elements of a dataset of `expected` shape, converted to float32.
  func floats(ofDataset path: String, expected: Shape) throws(ImportError) -> [Float]

  /// What a dataset is, whatever its type; nil for what is no dataset or cannot be examined. Nothing of it is read.
  func facts(of path: String) -> DatasetFacts?

  /// The name of the file, a member of an archive or a path.
  var site: String { get }

  /// Elements of all datasets of the optimiser.
  var optimizerCount: Int { get }

  /// Bytes of what holds the datasets: a bound on what they may declare.
  var byteCount: Int { get }
}

/// What a dataset is.
package struct DatasetFacts {
  package var shape: [Int]
  /// As NumPy names it: `float32`, `int64`, `bfloat16`; `opaque` and the like for what it has no name for.
  package var type: String
  /// At most `Int.max`.
  package var count: Int, byteCount: Int
}

/// Weights that are in memory, by layer path and variable.
private struct TensorSource: WeightSource {
  let tensors: [String: Tensor]

  let site = "memory"
  let optimizerCount = 0

  func facts(of path: String) -> DatasetFacts? {
    tensors[path].map { tensor in
      let count = tensor.shape.count
      return DatasetFacts(
        shape: tensor.shape.dims, type: tensor.dataType.rawValue, count: count,
        byteCount: count * tensor.dataType.byteCount)
    }
  }

  var byteCount: Int { tensors.values.reduce(0) { $0 + $1.shape.count * $1.dataType.byteCount } }

  func shape(ofDataset path: String) throws(ImportError) -> [Int] {
    guard let tensor = tensors[path] else { throw ImportError(.malformed, path, "there is no such weight") }
    return tensor.shape.dims
  }

  func floats(ofDataset path: String, expected: Shape) throws(ImportError) -> [Float] {
    guard let tensor = tensors[path], tensor.dataType == .float32 else {
      throw ImportError(.malformed, path, "there is no such weight of float32")
    }
    return tensor.floats
  }
}

/// Reads a model from the JSON of its configuration and its weights: for the path of each layer that has some, in the
/// order in which Keras saves them.
package func importKeras(
  configuration: String, weights: [String: [Tensor]], kerasVersion: String?
) throws(ImportError) -> KerasModel {
  let json = try JSON(parsing: Array(configuration.utf8), site: "config")
  let model = try ModelConfig(json, kerasVersion: kerasVersion, ImportOptions())
  let all = Set(model.outputNames.indices)
  let needed = try model.layersNeeded(by: all, kerasVersion: kerasVersion)
  try model.refuseUnsupportedLayers(among: needed)
  var binding = WeightBinding()
  var tensors: [String: Tensor] = [:]
  var pending = [model]
  while let next = pending.popLast() {
    for layer in next.layers {
      if let nested = layer.nested { pending.append(nested.model) }
      let variables = try layer.variables(), values = weights[layer.path] ?? []
      guard variables.count == values.count else {
        throw ImportError(.malformed, layer.path, "has \(variables.count) weights, is given \(values.count)")
      }
      for (variable, value) in zip(variables, values) {
        let path = "\(layer.path)/\(variable.name)"
        binding.paths[layer.id, default: [:]][variable.name] = path
        tensors[path] = value
      }
    }
  }
  let file = TensorSource(tensors: tensors)
  let builder = GraphBuilder(file: file, binding: binding, kerasVersion: kerasVersion)
  try builder.buildRoot(model, all)
  do { try builder.graph.verify() } catch { throw ImportError(.malformed, error.site, error.what) }
  return try KerasModel(
    builder, model, file, binding, needed: needed, kind: .architecture, name: json["config"]?["name"]?.string, notes: []
  )
}
