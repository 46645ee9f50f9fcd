public import Graphs

/// A model read from a Keras file.
public struct KerasModel: Sendable {
  /// NHWC, float32, weights as constants that are named by their place in the model. Unknown sizes are unknown.
  public let graph: Graph
  public let metadata: Metadata

  public struct Metadata: Sendable, Hashable {
    public var kind: ModelKind
    /// The name that the model has in its file.
    public var name: String?
    /// As the file says it; nil when it does not.
    public var kerasVersion: String?
    /// What a user should know: things assumed, things ignored.
    public var notes: [String]
    /// The layer class from which each node came, by node name.
    public var layerClasses: [String: String]
    /// The layers in the order of the file; those of a model within the model follow it.
    public var layers: [KerasLayer]
    /// The file that holds the weights: a member of an archive, or a path.
    public var weightsFile: String
    /// The batch size that the model is fixed to; nil where it is open, as nearly always.
    public var batch: Int?
    /// Elements of what the optimiser keeps in the file; 0 where there is nothing.
    public var optimizerCount: Int

    /// Elements of all weights, shared ones once.
    public var parameterCount: Int { layers.distinctVariables.reduce(0) { $0.addingClamped($1.count) } }
  }
}

/// Reads a Keras model: a `.keras` archive, an HDF5 model, or weights and an architecture in two files.
///
/// `path` may be any of these kinds, whatever its extension. `weights` replaces the weights in it; `architecture` names
/// the JSON, or the model, whose configuration is to be used. Nothing in a file is ever executed, and no other file is
/// opened. The files are closed on return; a file that is written to meanwhile is an error.
///
/// All weights are read here, once, each into the memory that it stays in: beside them no more is held than what libhdf5
/// needs, except where an archive or a dataset is compressed.
public func importKeras(
  path: String, weights: String? = nil, architecture: String? = nil
) throws(KerasError) -> KerasModel {
  let main = try Container(path: path)
  let structure = try architecture.map { (path) throws(KerasError) in try Container(path: path) }
  let values = try weights.map { (path) throws(KerasError) in try Container(path: path) }
  return try importKeras(main, values, structure, path)
}

/// Reads a Keras model that is already in memory; `name` stands for its path in errors.
public func importKeras(bytes: UnsafeRawBufferPointer, name: String) throws(KerasError) -> KerasModel {
  try importKeras(Container(MemoryBytes(unowned: bytes), path: name), nil, nil, name)
}

private func importKeras(
  _ main: Container, _ values: Container?, _ structure: Container?, _ path: String
) throws(KerasError) -> KerasModel {
  if main.config == nil && main.weights == nil || main.kind == .otherHDF5 { throw refusal(main) }
  if let values, values.weights == nil { throw refusal(values) }
  if let structure, structure.config == nil { throw refusal(structure) }

  let source = structure ?? main
  guard let config = source.config else {
    throw KerasError(.unsupported, path, "is a \(main.kind.rawValue)", hint: main.kind.advice)
  }
  guard let file = values?.weights ?? main.weights else {
    throw KerasError(.unsupported, path, "is a \(main.kind.rawValue)", hint: main.kind.advice)
  }
  let version = source.kerasVersion.flatMap { $0.isEmpty ? nil : $0 }
  var notes = try checkVersion(version, isRequired: source.kind == .legacyModel, path)

  var parser = ModelParser()
  let model = try parser.model(config, path: "")
  try refuseUnknownLayers(model)
  let binding = try WeightBinding(model, file)
  notes += binding.notes
  let builder = GraphBuilder(file: file, binding: binding, kerasVersion: version)
  try builder.buildRoot(model)
  do { try builder.graph.verify() } catch { throw KerasError(.malformed, error.site, error.what) }
  var recorder = LayerRecorder(file, binding, builder.calls)
  try recorder.record(model, given: [builder.graph.inputs.map { Value($0) }])
  for container in [main, values, structure] {
    for file in container?.files ?? [] { try file.checkUnchanged() }
  }
  return KerasModel(
    graph: builder.graph,
    metadata: .init(
      kind: main.kind, name: config["config"]?["name"]?.string, kerasVersion: version, notes: notes,
      layerClasses: builder.layerClasses, layers: recorder.layers, weightsFile: file.site, batch: model.declaredBatch,
      optimizerCount: file.optimizerCount))
}

private func refusal(_ container: Container) -> KerasError {
  let kind: KerasError.Kind = container.kind == .tooShort || container.kind == .unknown ? .malformed : .notAModel
  return KerasError(kind, container.path, "is a \(container.kind.rawValue)", hint: container.kind.advice)
}

private func checkVersion(_ version: String?, isRequired: Bool, _ path: String) throws(KerasError) -> [String] {
  guard let version else {
    if isRequired { throw KerasError(.unsupported, path, "does not name its Keras version, as files of Keras 1") }
    return ["the file does not say which Keras wrote it; Keras 3 is assumed"]
  }
  switch version.prefix(2) {
  case "0.", "1.":
    throw KerasError(
      .unsupported, path, "was written by Keras \(printable(version))", hint: "re-save it with Keras 2 or 3")
  case "2.", "3.": return []
  default: return ["the file was written by Keras \(printable(version)), which is newer than what is known here"]
  }
}

/// Throws one error that lists all layers that cannot be imported.
private func refuseUnknownLayers(_ model: ModelConfig) throws(KerasError) {
  var unknown: [LayerEntry] = []
  var pending = [model]
  while let next = pending.popLast() {
    for layer in next.layers {
      if let nested = layer.nested {
        pending.append(nested.model)
      } else if layer.className != "InputLayer", LayerTable.rule(for: layer) == nil {
        unknown.append(layer)
      }
    }
  }
  guard let first = unknown.first else { return }
  let list = unknown.map { layer in
    let registered = layer.registeredName.isEmpty ? "" : ", registered as \(printable(layer.registeredName))"
    return "\(printable(layer.className)) (layer \(printable(layer.path))\(registered))"
  }
  let isLambda = unknown.contains { $0.className == "Lambda" }
  throw KerasError(
    .unsupported, first.path, "layers are not supported: " + list.joined(separator: ", "),
    hint: isLambda ? "Lambda layers hold Python code, which is never executed; replace them and save again" : "")
}
