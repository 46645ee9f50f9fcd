import ModelFiles

/// Binds HDF5 files of the form that Keras 2 introduced: a group for each layer, its weights listed by `weight_names`.
struct LegacyBinder {
  let file: any WeightHierarchy
  let root: String
  /// The layers that must have their weights, by `LayerEntry.id`.
  let needed: Set<Int>

  func bind(_ model: ModelConfig) throws(ImportError) -> WeightBinding {
    let site = root.isEmpty ? "layer_names" : root
    guard let names = try file.splitStrings("layer_names", of: root) else {
      throw ImportError(.malformed, site, "has no layer_names")
    }
    if let extra = try file.splitStrings("weight_names", of: path("top_level_model_weights")), !extra.isEmpty {
      throw ImportError(.unsupported, "top_level_model_weights", "the model has weights outside of its layers")
    }
    var groups: [(name: String, datasets: [String])] = []
    for name in names {
      guard file.isGroup(path(name)) else {
        throw ImportError(.malformed, name, "layer_names lists a layer that has no group")
      }
      let datasets = try file.splitStrings("weight_names", of: path(name)) ?? []
      if !datasets.isEmpty { groups.append((name, datasets.map { path(name) + "/" + $0.replacing("\\", with: "/") })) }
    }
    var layers: [LayerEntry] = []
    for layer in model.layers where try layer.needsWeights(needed) { layers.append(layer) }
    let known = Dictionary(groups.map { ($0.name, $0.datasets) }) { first, _ in first }
    var binding = WeightBinding()
    let required = layers.filter { needed.contains($0.id) }
    let byName = required.allSatisfy { known[$0.name] != nil }
    guard byName || layers.count == groups.count else {
      let missing = required.first { known[$0.name] == nil }
      throw ImportError(
        .malformed, missing?.path ?? site,
        "the file has no weights for this layer (\(groups.count) layers with weights for \(layers.count))")
    }
    for (place, layer) in layers.enumerated() {
      // Weights saved from a model with other layer names follow the order of the layers.
      guard let datasets = byName ? known[layer.name] : groups[place].datasets else { continue }
      do throws(ImportError) { try bind(layer, datasets, &binding) } catch {
        if needed.contains(layer.id) { throw error }
      }
    }
    if !byName { binding.notes.append("the weights file names other layers; weights were taken in order") }
    return binding
  }

  private func path(_ name: String) -> String { root.isEmpty ? name : root + "/" + name }

  private func bind(_ layer: LayerEntry, _ datasets: [String], _ binding: inout WeightBinding) throws(ImportError) {
    for dataset in datasets where !file.isDataset(dataset) {
      throw ImportError(.malformed, dataset, "weight_names lists a dataset that does not exist")
    }
    guard let nested = layer.nested else {
      let variables = try layer.variables()
      guard datasets.count == variables.count else {
        throw ImportError(
          .malformed, layer.path, "the file has \(datasets.count) weights for it, the layer has \(variables.count)")
      }
      for (variable, dataset) in zip(variables, datasets) {
        binding.paths[layer.id, default: [:]][variable.name] = dataset
      }
      return
    }
    var leaves: [Leaf] = []
    try collect(nested.model, trainable: layer.config.bool("trainable", default: true), into: &leaves)
    let mayHaveMore = layer.mayNeedWeights && leaves.count < datasets.count
    if mayHaveMore || leaves.count == datasets.count, bindByName(leaves, datasets, &binding) { return }
    // Keras lists all trainable variables of a nested model first, then all others.
    let order = leaves.filter(\.isTrainable) + leaves.filter { !$0.isTrainable }
    guard order.count == datasets.count else {
      throw ImportError(
        .malformed, layer.path, "the file has \(datasets.count) weights for it, its layers have \(order.count)")
    }
    for (leaf, dataset) in zip(order, datasets) { binding.paths[leaf.layer.id, default: [:]][leaf.variable] = dataset }
  }

  private struct Leaf {
    var layer: LayerEntry
    var variable: String
    var isTrainable: Bool
  }

  /// All variables within a nested model, depth first.
  private func collect(_ model: ModelConfig, trainable: Bool, into leaves: inout [Leaf]) throws(ImportError) {
    for layer in model.layers {
      let own = try layer.config.bool("trainable", default: true)
      let isTrainable = trainable && own
      if let nested = layer.nested {
        try collect(nested.model, trainable: isTrainable, into: &leaves)
      } else {
        for variable in try layer.variables(needed) {
          leaves.append(Leaf(layer: layer, variable: variable.name, isTrainable: isTrainable && variable.isTrainable))
        }
      }
    }
  }

  /// Binds by the last two parts of the dataset names, layer and variable. False where a variable has no dataset of its own.
  private func bindByName(_ leaves: [Leaf], _ datasets: [String], _ binding: inout WeightBinding) -> Bool {
    var byKey: [String: String] = [:]
    for dataset in datasets {
      let parts = dataset.split(separator: "/")
      guard parts.count >= 2, let variable = parts.last?.split(separator: ":").first else { return false }
      guard byKey.updateValue(dataset, forKey: "\(parts[parts.count - 2])/\(variable)") == nil else { return false }
    }
    var found: [(Leaf, String)] = []
    for leaf in leaves {
      // Keras 2 called the kernel of a depthwise convolution `depthwise_kernel`.
      let aliases = [leaf.variable] + (leaf.variable == "kernel" ? ["depthwise_kernel"] : [])
      guard let dataset = aliases.lazy.compactMap({ byKey["\(leaf.layer.name)/\($0)"] }).first else { return false }
      found.append((leaf, dataset))
    }
    guard Set(found.map(\.1)).count == leaves.count else { return false }
    for (leaf, dataset) in found { binding.paths[leaf.layer.id, default: [:]][leaf.variable] = dataset }
    return true
  }
}
