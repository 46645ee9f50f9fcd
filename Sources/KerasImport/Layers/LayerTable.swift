import Graphs
import ModelFiles
import Ops

/// What the importer does with one class of layers.
struct LayerRule: Sendable {
  /// The class names in files, the current one first.
  var names: [String]
  /// What it becomes, for the list of supported layers.
  var note: String
  /// Its variables in the order in which Keras saves them.
  var variables: @Sendable (LayerConfig) throws(ImportError) -> [Variable] = { (_) throws(ImportError) in [] }
  /// True where a call with `training: true` computes something else than inference does.
  var dependsOnTraining = false
  /// Adds the operators of one call to the graph.
  var build: @Sendable (LayerSite) throws(ImportError) -> Value

  struct Variable: Hashable, Sendable {
    var name: String
    var isTrainable = true
    /// Where files with a hierarchy of objects keep it below the layer's own group; nil for the layer's own variables,
    /// which are numbered.
    var path: String?
  }
}

/// The layers that can be imported.
package enum KerasSupport {
  /// Class names and what they become, in the order of the documentation. It is the table that the importer dispatches
  /// on.
  package static let layers: [(name: String, note: String)] =
    LayerTable.rules.flatMap { rule in rule.names.map { ($0, rule.note) } }
    + ModelForm.classNames.map { ($0, "inlined, may be nested and shared") }

  /// True for the classes that the importer has a rule for.
  package static func isSupported(_ className: String) -> Bool {
    LayerTable.byName[className] != nil || className == "Model" || ModelForm.classNames.contains(className)
  }
}

enum LayerTable {
  static let rules: [LayerRule] =
    convolutionRules + denseRules + poolingRules + resamplingRules + normalizationRules + mergingRules
    + activationRules + reshapingRules + attentionRules + wrapperRules + applicationRules + identityRules

  static let byName: [String: LayerRule] = {
    var result: [String: LayerRule] = [:]
    for rule in rules { for name in rule.names { result[name] = rule } }
    return result
  }()

  /// Layers of other packages, by the name under which they are registered.
  private static let foreign: Set<String> = [
    "Addons>GroupNormalization", "Addons>InstanceNormalization", "InstanceNormalization", "FixedDropout", "Swish",
  ]

  /// The rule for a layer; nil for classes that are unknown, come from other packages, or are operations with a layer's
  /// name.
  static func rule(for entry: LayerEntry) -> LayerRule? {
    if entry.module.isEmpty || entry.isOfKeras {
      return entry.function == nil ? byName[entry.className] : nil
    }
    let bare = entry.className.split(separator: ">").last.map(String.init) ?? entry.className
    return [entry.registeredName, entry.className, bare].first { foreign.contains($0) }.flatMap { byName[$0] }
  }
}

extension LayerEntry {
  /// True where the layer, or one within it, computes something else in training than at inference.
  var dependsOnTraining: Bool {
    nested?.model.layers.contains(where: \.dependsOnTraining)
      ?? (LayerTable.rule(for: self)?.dependsOnTraining ?? false)
  }

  /// True for a layer whose module is one of Keras, and not of a package that has Keras in its name.
  var isOfKeras: Bool {
    ["keras", "keras_core", "tf_keras"].contains(module.prefix { $0 != "." })
      || module.hasPrefix("tensorflow.python.keras")
  }

  /// True for a layer of TensorFlow Addons.
  var isOfAddons: Bool { registeredName.hasPrefix("Addons>") || className.hasPrefix("Addons>") }
}

/// Variable lists in the notation of the tables.
func variables(_ names: String...) -> [LayerRule.Variable] { names.map { LayerRule.Variable(name: $0) } }
