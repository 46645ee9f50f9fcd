import Diagnostics
import ModelFiles

extension ModelConfig {
  /// Reads the configuration of a model, with substitutes in place. Errors: a substitution that no layer asks for.
  init(_ config: JSON, kerasVersion: String?, _ options: ImportOptions) throws(ImportError) {
    var parser = ModelParser()
    parser.substitutions = options.substitutions
    if let version = kerasVersion, version.hasPrefix("1."), let backend = options.keras1Backend {
      parser.keras1 = Keras1(config, version: version, backend: backend)
    }
    self = try parser.model(config, path: "")
    guard isSequential || !inputs.isEmpty else { throw ImportError(.malformed, "config", "the model has no inputs") }
    for (place, entry) in options.substitutions.substitutes.enumerated()
    where !parser.usedSubstitutions.contains(place) {
      throw ImportError(
        .usage, entry.name, "no layer has this name or class to substitute",
        remedy: .advice("there are " + layersByClass))
    }
  }

  /// `Conv2D (conv1, conv2), ReLU (act)`, those that cannot be imported first.
  private var layersByClass: String {
    var names: [String: [String]] = [:]
    let all = allLayers
    for layer in all { names[layer.storedClass, default: []].append(layer.path) }
    let refused = Set(all.filter { $0.refusal != nil }.map(\.storedClass))
    let classes = names.keys.sorted { (refused.contains($0) ? 0 : 1, $0) < (refused.contains($1) ? 0 : 1, $1) }
    return classes.map { name in
      let layers = names[name] ?? []
      let list = layers.prefix(8).map(printable).joined(separator: ", ")
      return "\(printable(name)) (\(list)\(layers.count > 8 ? ", ..." : ""))"
    }.joined(separator: ", ")
  }

  /// All layers, those of nested models included, depth first. Nested models come before their layers.
  var allLayers: [LayerEntry] {
    layers.flatMap { layer in [layer] + (layer.nested?.model.allLayers ?? []) }
  }

  /// Throws one error that lists all layers, of those that are needed, that cannot be imported.
  func refuseUnsupportedLayers(among needed: Set<Int>) throws(ImportError) {
    var reasons: [(layer: LayerEntry, reason: String)] = []
    for layer in allLayers where needed.contains(layer.id) {
      if let reason = layer.refusal { reasons.append((layer, reason)) }
    }
    guard let first = reasons.first?.layer else { return }
    let hasCode = reasons.contains { $0.layer.className == "Lambda" }
    let layer = reasons.lazy.map(\.layer).first(where: \.canBeSubstituted)
    throw ImportError(
      .unsupported, first.path,
      "not supported: " + reasons.map(\.reason).joined(separator: ", ")
        + (hasCode ? "; Lambda layers hold Python code, which is never executed" : ""),
      remedy: layer.map { .substitute(layer: printable($0.name), example: "rescaling(scale=1/255)") })
  }

  /// What a user should know about how the layers are computed.
  var notes: [String] {
    var result = policies.sorted { $0.key < $1.key }.map { policy, count in
      "\(count) layers of precision \(policy) are computed in float32"
    }
    for layer in allLayers where layer.className == "InputLayer" {
      guard let policy = layer.config.policies.first, LayerEntry.integerTypes.contains(policy.name) else { continue }
      result.append("input \(layer.name) is declared as \(policy.name); it takes the same numbers in float32")
    }
    return result
  }

  /// The policies other than float32 and how many layers have them.
  var policies: [String: Int] {
    var result: [String: Int] = [:]
    for layer in allLayers
    where layer.nested == nil && layer.function == nil && layer.className != "InputLayer" {
      for policy in Set(layer.config.policies) where !policy.isFloat32 { result[policy.name, default: 0] += 1 }
    }
    return result
  }
}

extension LayerEntry {
  /// Why the layer cannot be imported, with its name, its class and what Keras calls that; nil when it can.
  fileprivate var refusal: String? {
    let isOwn = !registeredName.isEmpty && registeredName != className
    let registered = isOwn ? ", registered as \(printable(registeredName))" : ""
    let name = function?.title ?? nodeOperation.map { "\(printable(className)) of \(printable($0))" }
    let title = "\(name ?? printable(className)) (layer \(printable(path))\(registered))"
    if let problem { return "\(title): \(problem)" }
    if nested != nil { return nil }
    if className == "InputLayer" { return inputRefusal.map { "\(title): \($0)" } }
    if function == .tensorFlow("einsum") { return "\(title), whose operands Keras 2 does not write down" }
    if LayerTable.rule(for: self) == nil, OperationTable.rule(for: self) == nil { return title }
    if function != nil { return nil }
    return config.policies.lazy.compactMap { $0.refusal(of: className) }.first.map { "\(title): \($0)" }
  }

  /// Whether an operator can stand for a layer that is refused: not for an input, nor for a precision, which stays, nor for what keeps a
  /// state, looks words up, compares values with each other, or is a whole model of another framework.
  fileprivate var canBeSubstituted: Bool {
    guard className != "InputLayer", !LayerEntry.withoutSubstitute.contains(className) else { return false }
    let isKnown = LayerTable.rule(for: self) != nil || OperationTable.rule(for: self) != nil
    return !isKnown || problem != nil || function == .tensorFlow("einsum")
  }

  private static let withoutSubstitute: Set<String> = [
    "RNN", "SimpleRNN", "LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
    "Bidirectional", "Embedding", "TextVectorization", "StringLookup", "IntegerLookup", "CategoryEncoding", "Hashing",
    "Attention", "AdditiveAttention", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer",
  ]

  private var inputRefusal: String? {
    for key in ["sparse", "ragged"] where config.values[key]?.bool == true { return "it is \(key)" }
    guard let name = config.policies.first?.name else { return nil }
    return DTypePolicy(name: name).refusal(of: className) == nil || LayerEntry.integerTypes.contains(name)
      ? nil : "its elements are of type \(printable(name))"
  }

  /// Elements of inputs that are whole numbers.
  static let integerTypes: Set<String> = [
    "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
  ]
}
