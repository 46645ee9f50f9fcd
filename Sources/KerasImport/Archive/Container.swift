import Diagnostics
import Glibc
import ModelFiles

/// A model file taken apart into what it holds: a configuration, weights, or both.
struct Container {
  let path: String
  let kind: ModelKind
  private(set) var config: JSON?
  private(set) var weights: (any WeightHierarchy)?
  private(set) var kerasVersion: String?
  /// The files that were opened.
  private(set) var files: [FileBytes] = []

  init(path: String) throws(ImportError) {
    self.path = path
    switch try ModelFile(path: path) {
    case .directory: (kind, config, weights, kerasVersion) = try Container.directory(path, &files)
    case .file(let file):
      files = [file]
      let kind = try ModelKind(file, path)
      (self.kind, config, weights, kerasVersion) =
        kind == .zip
        ? try Container.archive(ZipArchive(file, site: path), path) : try Container.parts(file, kind, path)
      if self.kind == .shardedWeights {
        weights = try ShardedWeights(JSON(parsing: file, site: path), path: path, &files)
      }
    }
  }

  /// A file that is already in memory and stays there; `path` names it in errors. No other file is opened: an index
  /// of sharded weights has none.
  init(_ memory: MemoryBytes, path: String) throws(ImportError) {
    self.path = path
    let kind = try ModelKind(memory, path)
    (self.kind, config, weights, kerasVersion) =
      kind == .zip
      ? try Container.archive(ZipArchive(memory, site: path), path) : try Container.parts(memory, kind, path)
  }

  private static func parts(_ source: any ByteSource, _ kind: ModelKind, _ path: String) throws(ImportError) -> Parts {
    switch kind {
    case .otherHDF5: return try hdf5(source, path)
    case .json:
      let (kind, config, version) = try json(source, path)
      return (kind, config, nil, version)
    case let other: return (other, nil, nil, nil)
    }
  }

  private typealias Parts = (ModelKind, JSON?, (any WeightHierarchy)?, String?)

  private static func archive(_ archive: ZipArchive, _ path: String) throws(ImportError) -> Parts {
    let names = archive.members.map(\.name)
    if names.contains(where: { $0.hasSuffix("/data.pkl") || $0 == "data.pkl" }) { return (.pyTorch, nil, nil, nil) }
    guard archive.contains("config.json") else {
      let isFolded = names.contains { $0.hasSuffix("/config.json") }
      return (isFolded ? .foldedArchive : .zip, nil, nil, nil)
    }
    guard archive.contains("model.weights.h5") else {
      if names.contains("model.weights.npz") { return (.pickledArchive, nil, nil, nil) }
      if names.contains("variables.h5") { return (.experimentalArchive, nil, nil, nil) }
      throw ImportError(
        .unsupported, path, "the archive has no model.weights.h5", remedy: .advice("re-save the model with model.save"))
    }
    let config = try JSON(parsing: archive.read("config.json", limit: Limits.configBytes), site: "config.json")
    var version: String?
    if archive.contains("metadata.json") {
      let metadata = try archive.read("metadata.json", limit: Limits.configBytes)
      version = (try? JSON(parsing: metadata, site: "metadata.json"))?["keras_version"]?.string
    }
    let image = try archive.source("model.weights.h5", limit: Limits.fileBytes)
    return (.kerasArchive, config, try HDF5File(image, site: "model.weights.h5"), version)
  }

  private static func directory(_ path: String, _ files: inout [FileBytes]) throws(ImportError) -> Parts {
    func file(_ name: String) throws(ImportError) -> FileBytes? {
      guard access(path + "/" + name, F_OK) == 0 else { return nil }
      guard case .file(let file) = try ModelFile(path: path + "/" + name) else { return nil }
      return file
    }
    if access(path + "/saved_model.pb", F_OK) == 0 { return (.savedModel, nil, nil, nil) }
    guard let config = try file("config.json"), let image = try file("model.weights.h5") else {
      return (.directory, nil, nil, nil)
    }
    files = [config, image]
    let metadata = try file("metadata.json").flatMap { try? JSON(parsing: $0, site: "metadata.json") }
    return (
      .kerasDirectory, try JSON(parsing: config, site: "config.json"),
      try HDF5File(image, site: "model.weights.h5"), metadata?["keras_version"]?.string
    )
  }

  private static func hdf5(_ source: any ByteSource, _ path: String) throws(ImportError) -> Parts {
    let file = try HDF5File(source, site: path)
    let group = file.isGroup("model_weights") ? "model_weights" : ""
    var version = try file.strings("keras_version", of: "")?.first
    if version == nil { version = try file.strings("keras_version", of: group)?.first }
    if let text = try file.strings("model_config", of: "")?.first {
      return (.legacyModel, try JSON(parsing: Array(text.utf8), site: "model_config"), file, version ?? "")
    }
    if let names = try file.splitStrings("layer_names", of: "") {
      let isForeign = try isOfHuggingFace(file, names)
      return (isForeign ? .huggingFaceWeights : .legacyWeights, nil, isForeign ? nil : file, version)
    }
    let isV3 = ["layers", "_layer_checkpoint_dependencies", "vars"].contains { file.isGroup($0) }
    return (isV3 ? .v3Weights : .otherHDF5, nil, file, version)
  }

  /// The classes of Hugging Face write the weights of their one layer under the name of the model, which is that of a
  /// class such as `TFBertModel`: `bert/tf_bert_model/bert/...`.
  private static func isOfHuggingFace(_ file: HDF5File, _ layers: [String]) throws(ImportError) -> Bool {
    for layer in layers {
      for name in try file.splitStrings("weight_names", of: layer) ?? [] {
        let parts = name.split(separator: "/")
        if parts.count > 3, parts[0].hasPrefix("tf_"), parts[1] == layer { return true }
      }
    }
    return false
  }

  private static func json(
    _ source: any ByteSource, _ path: String
  ) throws(ImportError) -> (ModelKind, JSON?, String?) {
    let value = try JSON(parsing: source, site: path)
    if value["weight_map"] != nil, value["metadata"] != nil { return (.shardedWeights, nil, nil) }
    guard value["class_name"] != nil, value["config"] != nil else { return (.json, nil, nil) }
    return (.architecture, value, value["keras_version"]?.string)
  }
}
