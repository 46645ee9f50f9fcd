import ModelFiles

/// Which dataset holds which variable of which layer.
struct WeightBinding {
  /// Dataset paths by variable name, by `LayerEntry.id`.
  var paths: [Int: [String: String]] = [:]
  var notes: [String] = []

  init() {}

  /// Binds the weights of a file to a model, by the scheme that the file follows. Layers that are not `needed`, by `LayerEntry.id`,
  /// may lack theirs.
  init(
    _ model: ModelConfig, _ file: any WeightHierarchy, kerasVersion: String?, needed: Set<Int>
  ) throws(ImportError) {
    let legacy = file.isGroup("model_weights") ? "model_weights" : ""
    if try file.splitStrings("layer_names", of: legacy) != nil || !legacy.isEmpty {
      self = try LegacyBinder(file: file, root: legacy, needed: needed).bind(model)
    } else {
      var binder = V3Binder(file: file, kerasVersion: kerasVersion, needed: needed)
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

  /// The same; none where the layer is not needed and its configuration does not say.
  func variables(_ needed: Set<Int>) throws(ImportError) -> [LayerRule.Variable] {
    do throws(ImportError) { return try variables() } catch {
      if needed.contains(id) { throw error }
      return []
    }
  }

  /// True when the layer, or one within it, has variables.
  func needsWeights(_ needed: Set<Int>) throws(ImportError) -> Bool {
    if let nested {
      for layer in nested.model.layers where try layer.needsWeights(needed) { return true }
      return false
    }
    return try !variables(needed).isEmpty
  }

  /// True for a model with a layer inside that is not known, and so may have variables.
  var mayNeedWeights: Bool {
    nested?.model.layers.contains { layer in
      layer.nested != nil ? layer.mayNeedWeights : LayerTable.rule(for: layer) == nil
    } ?? false
  }
}
