import Diagnostics
import ModelFiles

/// A Functional or Sequential model as its configuration describes it. Layers keep the order of the file.
struct ModelConfig {
  var path: String
  var isSequential: Bool
  var layers: [LayerEntry]
  /// For Functional models: names (the keys of a dictionary, those of nested ones joined by slashes) and where the
  /// tensors come from. Keras orders the members of a dictionary by key.
  var inputs: [Endpoint] = []
  var outputs: [Endpoint] = []
  /// Sequential models that were built from data have their input shape here.
  var buildInputShape: JSON?

  struct Endpoint: Hashable {
    var name: String?
    var reference: Reference
  }
}

extension ModelConfig {
  /// The shape of the first input, the batch included, where the file says it.
  var inputShape: JSON? {
    let first = isSequential ? layers.first : layers.first { $0.name == inputs.first?.reference.layer }
    return first?.config.value(["batch_shape", "batch_input_shape"]) ?? buildInputShape
      ?? first?.nested?.model.inputShape
  }
}

/// One layer, or one nested model, of a model.
struct LayerEntry {
  /// Unique among all layers of the file, in depth-first order.
  var id: Int
  var config: LayerConfig
  var name: String
  /// Python's identity of the layer object, equal where a layer stands in several models.
  var sharedObject: Int?
  var calls: [Call]
  var nested: NestedModel?
  var module: String
  var registeredName: String
  /// The class that the file gives, where another one says what it is: what the user put in its place, or the kind of
  /// model that a class of the user's, or a pipeline, is.
  var fileClass: String?
  /// Why the layer cannot be imported although its class has a rule.
  var problem: String?
  var storedKernel: StoredKernel?

  var className: String { config.className }
  /// The class under which the file keeps the weights.
  var storedClass: String { fileClass ?? className }
  var path: String { config.layer }
  /// True for TensorFlow functions among the layers of Keras 2, and for nodes that are read as one.
  var isKeras2Operation: Bool {
    LayerEntry.keras2Operations.contains(className) || isNode && config.values["function"] != nil
  }
  static let keras2Operations: Set<String> = ["TFOpLambda", "SlicingOpLambda"]
}

/// A box that lets layers contain models.
final class NestedModel {
  let model: ModelConfig
  init(_ model: ModelConfig) { self.model = model }
}

/// Reads model configurations.
struct ModelParser {
  var substitutions = Substitutions()
  /// For files of Keras 1.
  var keras1: Keras1?
  /// Indices of the substitutions that found a layer.
  private(set) var usedSubstitutions: Set<Int> = []
  private var count = 0

  /// The model under a serialised object with `class_name` and `config`.
  mutating func model(_ object: JSON, path: String) throws(ImportError) -> ModelConfig {
    guard let className = object["class_name"]?.string else {
      throw ImportError(.malformed, path.isEmpty ? "config" : path, "has no class_name")
    }
    let site = path.isEmpty ? "config" : path
    guard let form = ModelForm(object) else {
      throw ImportError(
        .unsupported, site, "the model is of class \(printable(className))",
        remedy: .advice("only Functional and Sequential models carry their layers in the file"))
    }
    guard let config = object["config"] else { throw ImportError(.malformed, site, "has no config") }
    // Keras up to 2.2.2 wrote the list of layers as the config of a Sequential.
    guard let list = config.array ?? config["layers"]?.array else {
      throw ImportError(.malformed, site, "layers must be a list")
    }
    guard list.count <= Limits.layers else { throw ImportError(.limit, site, "has \(list.count) layers") }
    var model = ModelConfig(path: path, isSequential: form == .sequential, layers: [])
    for (place, item) in list.enumerated() {
      model.layers.append(try layer(item, place, parent: path, sequential: model.isSequential))
    }
    var seen: Set<String> = []
    for layer in model.layers where !seen.insert(layer.name).inserted {
      throw ImportError(.malformed, layer.path, "two layers of one model have this name")
    }
    if model.isSequential {
      model.buildInputShape = config["build_input_shape"]
    } else {
      model.inputs = try endpoints(config["input_layers"] ?? .null, site, "input_layers")
      model.outputs = try endpoints(config["output_layers"] ?? .null, site, "output_layers")
      if model.outputs.isEmpty { throw ImportError(.malformed, site, "output_layers is empty") }
    }
    return model
  }

  private mutating func layer(
    _ object: JSON, _ place: Int, parent: String, sequential: Bool
  ) throws(ImportError) -> LayerEntry {
    let prefix = parent.isEmpty ? "" : parent + "/"
    guard let className = object["class_name"]?.string else {
      throw ImportError(.malformed, prefix + "layers[\(place)]", "has no class_name")
    }
    let config = object["config"] ?? .object([:])
    let fallback = "layers[\(place)]"
    let name = object["name"]?.string ?? config["name"]?.string ?? fallback
    let path = prefix + name
    guard config.object != nil || (className == "Sequential" && config.array != nil) else {
      throw ImportError(.malformed, path, "config must be an object")
    }
    count += 1
    guard count <= Limits.layers else { throw ImportError(.limit, path, "there are more than \(Limits.layers) layers") }
    var entry = LayerEntry(
      id: count, config: LayerConfig(layer: path, className: className, values: config.object ?? [:]), name: name,
      sharedObject: object["shared_object_id"]?.int, calls: [], nested: nil, module: object["module"]?.string ?? "",
      registeredName: object["registered_name"]?.string ?? "")
    if let keras1 { entry = keras1.translated(entry) }
    if let place = substitutions.index(for: entry) {
      usedSubstitutions.insert(place)
      entry.apply(substitutions.substitutes[place].substitute)
    }
    if entry.fileClass == nil, config.array != nil || config["layers"] != nil, let form = ModelForm(object) {
      entry.nested = NestedModel(try model(object, path: path))
      if form.className(of: className) != className {
        (entry.fileClass, entry.config.className) = (className, form.className(of: className))
      }
    }
    if !sequential {
      let isOperation = LayerEntry.keras2Operations.contains(className) || entry.isNode
      entry.calls = try Call.list(object["inbound_nodes"] ?? .null, isOperation: isOperation, path)
      try entry.readNode()
    }
    return entry
  }

  private func endpoints(
    _ value: JSON, _ site: String, _ key: String, name: String? = nil
  ) throws(ImportError) -> [ModelConfig.Endpoint] {
    if let reference = Reference(value) { return [.init(name: name, reference: reference)] }
    var result: [ModelConfig.Endpoint] = []
    if let elements = value.array {
      for element in elements { result += try endpoints(element, site, key, name: name) }
    } else if let members = value.object {
      for key in members.keys.sorted() {
        guard let value = members[key] else { continue }
        result += try endpoints(value, site, key, name: name.map { $0 + "/" + key } ?? key)
      }
    } else if !value.isNull {
      throw ImportError(.malformed, site, "\(key) names a tensor in an unknown way")
    }
    return result
  }
}
