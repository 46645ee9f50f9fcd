import Diagnostics
import FoundationEssentials
import KerasImport
import ModelFiles
import Testing

private let writers = packageRoot + "/Fixtures/writers/"
private let containers = packageRoot + "/Fixtures/containers/"
private let malformed = packageRoot + "/Fixtures/malformed/keras/"

/// Weights that lie in a file of their own, all of one model.
private let weightsFiles = [
  "keras2.9_hdf5_weights/model.h5", "keras2.15_hdf5_weights/model.h5", "keras2.13_weights/model.weights.h5",
  "keras2.15_weights/model.weights.h5", "keras3.0.5_weights/model.weights.h5", "keras3.15.1_weights/model.weights.h5",
]

/// Files that hold the architecture of the same model.
private let architectures = [
  // model.to_json() of Keras 2 and 3.
  "keras2.9_hdf5_weights/model.json", "keras3.15.1_weights/model.json",
  // The configuration from an archive, the archive unpacked, and archives.
  "keras3.5.0_unzipped/model/config.json", "keras3.15.1_unzipped/model", "keras2.12_nested/model.keras",
  "keras3.0.0_nested/model.keras", "keras2.9_nested/model.h5",
]

/// What a path, with weights and an architecture beside it, is refused for.
private struct Refusal: Sendable, CustomTestStringConvertible {
  var path: String
  var weights: String?
  var architecture: String?
  var kind: ImportError.Kind
  /// What the error says.
  var sentence: String

  init(
    _ path: String, weights: String? = nil, architecture: String? = nil, _ kind: ImportError.Kind, _ sentence: String
  ) {
    (self.path, self.weights, self.architecture) = (path, weights, architecture)
    (self.kind, self.sentence) = (kind, sentence)
  }

  var testDescription: String { path.split(separator: "/").suffix(2).joined(separator: "/") }
}

private let resave = "re-save the model with a current Keras: model.save(\"model.keras\")"
private let nameArchitecture = "also name the architecture: a JSON file by model.to_json(), or a .keras file"

private let refusals = [
  Refusal(containers + "pickled.keras", .notAModel, "is a Keras archive with .npz weights; \(resave)"),
  Refusal(
    containers + "tensorflow2.11.keras", .notAModel, "is an experimental Keras archive of TensorFlow 2.11; \(resave)"),
  Refusal(containers + "folded.keras", .notAModel, "zip the files themselves, not the folder that holds them"),
  Refusal(containers + "tf_model.h5", .notAModel, "by Hugging Face Transformers; their architecture is Python code"),
  Refusal(writers + "keras2.15_hdf5_weights/model.h5", .unsupported, nameArchitecture),
  Refusal(writers + "keras2.15_weights/model.weights.h5", .unsupported, nameArchitecture),
  Refusal(writers + "keras3.15.1_sharded/model.weights.json", .unsupported, nameArchitecture),
  Refusal(writers + "keras3.15.1_weights/model.json", .unsupported, "also name the weights file"),
  Refusal(
    malformed + "saved_model.pb", .notAModel,
    "is a TensorFlow SavedModel; load it with TensorFlow and save it as .keras"),
  Refusal(
    malformed + "model.tflite", .notAModel, "is a TensorFlow Lite model; convert it with tf2onnx --tflite to .onnx"),
  Refusal(
    malformed + "torch.keras", .notAModel,
    "is a PyTorch file; export the model in PyTorch with torch.onnx.export to .onnx"),
  Refusal(malformed + "pickle.h5", .notAModel, "is a Python pickle; a pickle is a program and is never run"),
  Refusal(
    packageRoot + "/Fixtures/onnx/mixed_opset11/model.onnx", .notAModel, "is an ONNX model; give it as the model itself"
  ),
  Refusal(
    writers + "keras3.15.1_unet/model.keras", weights: writers + "keras3.15.1_weights/model.json", .notAModel,
    "is a Keras architecture (JSON); weights lie in a file by model.save_weights(), or in a model"),
  Refusal(
    writers + "keras3.15.1_unet/model.keras", weights: containers + "tf_model.h5", .notAModel,
    "by Hugging Face Transformers; weights lie in a file by model.save_weights()"),
  Refusal(
    writers + "keras3.15.1_weights/model.weights.h5", architecture: writers + "keras2.15_weights/model.weights.h5",
    .notAModel, "an architecture is a JSON file by model.to_json(), or a model"),
]

struct ContainerTests {
  @Test(arguments: weightsFiles, architectures)
  func `weights fit to every file that holds their architecture`(weights: String, architecture: String) throws {
    let data = "\(writers)\(weights.split(separator: "/")[0])/test_data_set_0"
    let first = try importKeras(path: writers + weights, architecture: writers + architecture)
    try compare(first, with: data)
    let second = try importKeras(path: writers + architecture, weights: writers + weights)
    try compare(second, with: data)
  }

  @Test(arguments: refusals)
  fileprivate func `what is not imported is refused by its sentence`(refusal: Refusal) throws {
    let failure = failure(refusal.path, weights: refusal.weights, architecture: refusal.architecture)
    let error = try #require(failure, "it was imported")
    #expect(error.kind == refusal.kind && [.notAModel, .unsupported].contains(error.kind), "\(error)")
    #expect(error.description.contains(refusal.sentence), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test func `folders are told apart by what is in them`() throws {
    let scratch = try Scratch()
    #expect(try sniff(path: scratch.path) == .directory)
    _ = try scratch.write(Array("{}".utf8), as: "config.json")
    #expect(try sniff(path: scratch.path) == .directory)
    _ = try scratch.write(try bytes(malformed + "saved_model.pb"), as: "saved_model.pb")
    #expect(try sniff(path: scratch.path) == .savedModel)
    #expect(failure(scratch.path)?.remedy?.advice?.contains("convert it with tf2onnx to .onnx") == true)
    #expect(try sniff(path: writers + "keras3.5.0_unzipped/model") == .kerasDirectory)
  }

  @Test(arguments: [
    ("keras2.12_unet/model.keras", ModelKind.kerasArchive, "2.12.0"),
    ("keras3.15.1_unet/model.keras", .kerasArchive, "3.15.1"),
    ("keras3.9.0_nested/model.keras", .kerasArchive, "3.9.0"), ("keras2.9_unet/model.h5", .legacyModel, "2.9.0"),
    ("keras3.15.1_hdf5/model.h5", .legacyModel, "3.15.1"),
    // Keras before 2.13 wrote HDF5 files also under this name.
    ("keras2.9_misnamed/model.keras", .legacyModel, "2.9.0"),
    ("keras2.12_misnamed/model.keras", .legacyModel, "2.12.0"),
    ("keras3.5.0_unzipped/model", .kerasDirectory, "3.5.0"),
  ])
  func `kind and version are those of the file`(name: String, kind: ModelKind, version: String) throws {
    let metadata = try importKeras(path: writers + name).description
    #expect(metadata.kind == kind && metadata.kerasVersion == version)
    #expect(!metadata.notes.contains { $0.contains("which Keras wrote it") })
  }

  @Test func `weights say which Keras wrote them when the architecture does not`() throws {
    let config = writers + "keras3.5.0_unzipped/model/config.json"
    let old = try importKeras(path: config, weights: writers + "keras2.15_hdf5_weights/model.h5").description
    #expect(old.kerasVersion == "2.15.0")
    let new = try importKeras(path: config, weights: writers + "keras3.15.1_weights/model.weights.h5").description
    #expect(new.kerasVersion == nil && new.notes.contains { $0.contains("Keras 3 is assumed") })
  }

  @Test(arguments: ["keras3.0.0_attributes", "keras3.0.0_backbone", "keras2.15_the_backbone"])
  func `weights may lie under the name of an attribute of the model`(name: String) throws {
    let layers = try importKeras(path: writers + name + "/model.keras").description.layers
    let datasets = layers.flatMap(\.variables).map(\.dataset)
    #expect(datasets.contains { !$0.hasPrefix("layers/") })
    #expect(Set(datasets).count == datasets.count)
  }

  @Test func `a layer may begin in one file and end in the next, of which the list says nothing`() throws {
    let index = writers + "keras3.10.0_sharded/model.weights.json"
    let text = String(decoding: try bytes(index), as: UTF8.self)
    #expect(text.contains("\"/layers/conv2d/vars\": \"model_00000.weights.h5\""))
    let architecture = writers + "keras3.10.0_sharded/model.json"
    let layers = try importKeras(path: index, architecture: architecture).description.layers
    let conv = try #require(layers.first { $0.className == "Conv2D" })
    #expect(conv.variables.map(\.dataset) == ["layers/conv2d/vars/0", "layers/conv2d/vars/1"])
  }
}
