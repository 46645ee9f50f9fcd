import ModelFiles

/// Which dataset holds which variable of which layer.
struct WeightBinding {
  /// Dataset paths by variable name, by `LayerEntry.id`.
  var paths: [Int: [String: String]] = [:]
  var notes: [String] = []

  init() {}

  /// Binds the weights of a file to a model, by the scheme that the file follows.
  init(_ model: ModelConfig, _ file: any WeightHierarchy, kerasVersion: String?) throws(ImportError) {
    let legacy = file.isGroup("model_weights") ? "model_weights" : ""
    if try file.splitStrings("layer_names", of: legacy) != nil || !legacy.isEmpty {
      self = try LegacyBinder(file: file, root: legacy).bind(model)
    } else {
      var binder = V3Binder(file: file, kerasVersion: kerasVersion)
      try binder.bind(model, "")
      self = binder.binding
    }
  }
}

extension LayerEntry {
  /// The variables that inference needs; a nested model has none of its own.
  func variables() throws(ImportError) -> [LayerRule.Variable] {
    guard nested == nil, let rule = LayerTable.rule(for: self) else { return [] }
    return try rule.variables(config)
  }

  /// True when the layer, or one within it, has variables.
  func needsWeights() throws(ImportError) -> Bool {
    if let nested {
      for layer in nested.model.layers where try layer.needsWeights() { return true }
      return false
    }
    return try !variables().isEmpty
  }
}
