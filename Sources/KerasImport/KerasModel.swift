import Diagnostics
package import Graphs
package import ModelFiles

/// A model read from a Keras file.
package struct KerasModel: Sendable {
  /// NHWC, float32, weights as constants that are named by their place in the model. Unknown sizes are unknown.
  package let graph: Graph
  package let description: ModelDescription
}

/// What a user knows about a model beside its file.
package struct ImportOptions: Sendable {
  package var substitutions = Substitutions()
  /// What a model of Keras 1 ran on; its file does not say.
  package var keras1Backend: KerasBackend?
  /// The outputs that are wanted. Layers that none of them needs are neither imported nor held against the model, nor need they have
  /// their weights.
  package var outputs = WantedOutputs.all

  package init() {}
}

/// Reads a Keras model: a `.keras` archive, an HDF5 model, or weights and an architecture in two files.
///
/// `path` may be any of these kinds, whatever its extension. `weights` replaces the weights in it; `architecture` names
/// the JSON, or the model, whose configuration is to be used. Nothing in a file is ever executed, and no other file is
/// opened but those that an index of sharded weights names in its own directory. The files are closed on return; a file
/// that is written to meanwhile is an error.
///
/// All weights are read here, once, each into the memory that it stays in: beside them no more is held than what describes
/// them, except where an archive or a dataset is compressed.
package func importKeras(
  path: String, weights: String? = nil, architecture: String? = nil, options: ImportOptions = ImportOptions()
) throws(ImportError) -> KerasModel {
  let main = try Container(path: path)
  let structure = try architecture.map { (path) throws(ImportError) in try Container(path: path) }
  let values = try weights.map { (path) throws(ImportError) in try Container(path: path) }
  return try importKeras(main, values, structure, path, options)
}

/// Reads a Keras model that is already in memory; `name` stands for its path in errors.
package func importKeras(
  bytes: UnsafeRawBufferPointer, name: String, options: ImportOptions = ImportOptions()
) throws(ImportError) -> KerasModel {
  try importKeras(Container(MemoryBytes(unowned: bytes), path: name), nil, nil, name, options)
}

private func importKeras(
  _ main: Container, _ values: Container?, _ structure: Container?, _ path: String, _ options: ImportOptions
) throws(ImportError) -> KerasModel {
  if main.config == nil && main.weights == nil || main.kind == .otherHDF5 { throw refusal(main) }
  if let values, values.weights == nil || values.kind == .otherHDF5 {
    throw refusal(values, "weights lie in a file by model.save_weights(), or in a model")
  }
  if let structure, structure.config == nil {
    throw refusal(structure, "an architecture is a JSON file by model.to_json(), or a model")
  }

  let source = structure ?? main
  guard let config = source.config else {
    throw ImportError(.unsupported, path, "is \(main.kind.described)", remedy: main.kind.remedy)
  }
  guard let file = values?.weights ?? main.weights else {
    throw ImportError(.unsupported, path, "is \(main.kind.described)", remedy: main.kind.remedy)
  }
  // The configuration of an archive does not say which Keras wrote it; old weights do.
  let versions = [source, values ?? main].compactMap(\.kerasVersion)
  let version = versions.first { !$0.isEmpty }
  var notes = try checkVersion(version, isRequired: source.kind == .legacyModel, options.keras1Backend, path)

  let model = try ModelConfig(config, kerasVersion: version, options)
  notes += model.notes
  let (built, left) = try options.outputs.imported(model.outputNames) { (outputs) throws(ImportError) in
    try BuiltModel(model, outputs, file, kerasVersion: version)
  }
  try file.checkSum()
  for container in [main, values, structure] {
    for file in container?.files ?? [] { try file.checkUnchanged() }
  }
  return try KerasModel(
    built.builder, model, file, built.binding, needed: built.needed, kind: main.kind,
    name: config["config"]?["name"]?.string, notes: notes + built.binding.notes + left)
}

/// The graph of some outputs of a model, and what it was made of.
private struct BuiltModel {
  let builder: GraphBuilder
  let binding: WeightBinding
  let needed: Set<Int>

  init(
    _ model: ModelConfig, _ outputs: Set<Int>, _ file: any WeightSource & WeightHierarchy, kerasVersion: String?
  ) throws(ImportError) {
    needed = try model.layersNeeded(by: outputs, kerasVersion: kerasVersion)
    try model.refuseUnsupportedLayers(among: needed)
    binding = try WeightBinding(model, file, kerasVersion: kerasVersion, needed: needed)
    builder = GraphBuilder(file: file, binding: binding, kerasVersion: kerasVersion)
    try builder.buildRoot(model, outputs)
    do { try builder.graph.verify() } catch { throw ImportError(.malformed, error.site, error.what) }
  }
}

extension KerasModel {
  /// What was built, with the facts about it.
  init(
    _ builder: GraphBuilder, _ model: ModelConfig, _ file: any WeightSource, _ binding: WeightBinding,
    needed: Set<Int>, kind: ModelKind, name: String?, notes: [String]
  ) throws(ImportError) {
    var recorder = LayerRecorder(file, binding, builder.calls, needed: needed)
    try recorder.record(model, given: [builder.inputs])
    graph = builder.graph
    var facts = ModelDescription(
      kind: kind, name: name, notes: notes + builder.notes, origins: builder.layerClasses, layers: recorder.layers,
      outputNames: model.outputNames, weightsFile: file.site, batch: model.inputShape?.array?.first?.int,
      isChannelsFirst: model.isChannelsFirst)
    (facts.kerasVersion, facts.optimizerCount, facts.policies) =
      (builder.kerasVersion, file.optimizerCount, model.policies)
    description = facts
  }
}

/// `role` says what a file beside the model was expected to be.
private func refusal(_ container: Container, _ role: String? = nil) -> ImportError {
  let kind: ImportError.Kind = container.kind == .tooShort || container.kind == .unknown ? .malformed : .notAModel
  return ImportError(
    kind, container.path, "is \(container.kind.described)", remedy: role.map(Remedy.advice) ?? container.kind.remedy)
}

private func checkVersion(
  _ version: String?, isRequired: Bool, _ backend: KerasBackend?, _ path: String
) throws(ImportError) -> [String] {
  guard let version else {
    if isRequired { throw ImportError(.unsupported, path, "does not name its Keras version, as files of Keras 1") }
    return ["the file does not say which Keras wrote it; Keras 3 is assumed"]
  }
  switch version.prefix(2) {
  case "1.":
    guard let backend else {
      throw ImportError(
        .unsupported, path, "was written by Keras \(printable(version)), whose files do not say what it ran on",
        remedy: .anyOf([
          .nameBackend(["theano", "tensorflow"]), .advice("re-save the model with Keras 2.2 on the same one"),
        ]))
    }
    return ["the file is of Keras \(printable(version)), read as computed by \(backend.rawValue)"]
  case "0.": throw ImportError(.unsupported, path, "was written by Keras \(printable(version))")
  case "2.", "3.": return []
  default: return ["the file was written by Keras \(printable(version)), which is newer than what is known here"]
  }
}
