package import Diagnostics

/// What a file is, by its content.
package enum ModelKind: String, Sendable, Hashable, CaseIterable {
  case kerasArchive = "Keras archive (.keras)"
  case kerasDirectory = "unpacked Keras archive (directory)"
  case legacyModel = "Keras HDF5 model"
  case legacyWeights = "Keras HDF5 file of weights without a model"
  case v3Weights = "Keras 3 file of weights without a model"
  case architecture = "Keras architecture (JSON)"
  case shardedWeights = "list of sharded Keras weights (JSON)"
  case huggingFaceWeights = "file of TensorFlow weights by Hugging Face Transformers"
  case otherHDF5 = "HDF5 file that is not of Keras"
  case pickledArchive = "Keras archive with .npz weights"
  case experimentalArchive = "experimental Keras archive of TensorFlow 2.11"
  case foldedArchive = "zip archive of a folder"
  case pyTorch = "PyTorch file"
  case zip = "zip archive that is not of Keras"
  case savedModel = "TensorFlow SavedModel"
  case graphDef = "TensorFlow graph (GraphDef)"
  case tfLite = "TensorFlow Lite model"
  case onnx = "ONNX model"
  case pickle = "Python pickle"
  case gzip = "gzip-compressed file"
  case gitLFS = "Git LFS pointer, not the file itself"
  case html = "HTML page"
  case json = "JSON file that is not a Keras architecture"
  case png = "PNG image"
  case jpeg = "JPEG image"
  case tiff = "TIFF image"
  case directory = "directory"
  case tooShort = "file too short to be a model"
  case unknown = "file of unknown kind"

  /// The kind with its article.
  package var described: String {
    let isSpokenWithVowel = [.otherHDF5, .experimentalArchive, .onnx, .html, .kerasDirectory].contains(self)
    return (isSpokenWithVowel ? "an " : "a ") + rawValue
  }

  /// What to do with a file that cannot be imported; `nil` for those that can.
  package var remedy: Remedy? { advice.map(Remedy.advice) }

  private var advice: String? {
    switch self {
    case .kerasArchive, .kerasDirectory, .legacyModel: nil
    case .legacyWeights, .v3Weights, .shardedWeights:
      "also name the architecture: a JSON file by model.to_json(), or a .keras file"
    case .architecture: "also name the weights file"
    case .pickledArchive, .experimentalArchive: "re-save the model with a current Keras: model.save(\"model.keras\")"
    case .foldedArchive: "zip the files themselves, not the folder that holds them"
    case .huggingFaceWeights: "their architecture is Python code; export the model to ONNX"
    case .savedModel: "load it with TensorFlow and save it as .keras or .h5, or convert it with tf2onnx to .onnx"
    case .graphDef:
      "convert it with tf2onnx --graphdef to .onnx, or save the model that it was made of as .keras or .h5"
    case .tfLite: "convert it with tf2onnx --tflite to .onnx, or save the model that it was made of as .keras or .h5"
    case .pyTorch: "export the model in PyTorch with torch.onnx.export to .onnx"
    case .pickle:
      "a pickle is a program and is never run; export the model to .onnx (torch.onnx.export), or save it as .keras or .h5"
    case .onnx: "give it as the model itself, it needs no other file"
    case .gzip: "unpack it first"
    case .gitLFS: "fetch the file with git lfs pull"
    case .html: "the download went wrong; fetch the file again"
    default: "expected a .keras, .h5 or .onnx model"
    }
  }
}
