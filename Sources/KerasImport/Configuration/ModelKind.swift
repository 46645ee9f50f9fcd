package import Diagnostics
package import ModelFiles

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
  var described: String {
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

/// The kind of the file or directory at a path, decided by content, never by the extension.
package func sniff(path: String) throws(ImportError) -> ModelKind { try Container(path: path).kind }

extension ModelKind {
  /// Decides by the first bytes; zip, HDF5 and JSON files need a closer look. Errors: a file that cannot be read.
  init(_ source: any ByteSource, _ site: String) throws(ImportError) {
    guard let bytes = source.prefix(1024) else {
      throw ImportError(.unreadable, site, "ended early or could not be read")
    }
    func starts(_ prefix: [UInt8], at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: prefix) }
    func starts(_ text: String, at offset: Int = 0) -> Bool { starts(Array(text.utf8), at: offset) }
    let text = bytes.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    let word = String(decoding: text.prefix(16), as: UTF8.self).lowercased()
    self =
      if bytes.count < 8 { .tooShort } else if starts("PK\u{3}\u{4}") || starts("PK\u{5}\u{6}") {
        .zip
      } else if HDF5Superblock.place(source) != nil { .otherHDF5 } else if starts([0x89, 0x50, 0x4E, 0x47]) {
        .png
      } else if starts([0xFF, 0xD8, 0xFF]) { .jpeg } else if starts("II*\0") || starts("MM\0*") || starts("II+\0") {
        .tiff
      } else if starts([0x1F, 0x8B]) { .gzip } else if starts("TFL3", at: 4) {
        .tfLite
      } else if starts("version https://git-lfs") {
        .gitLFS
      } else if word.hasPrefix("<!doctype") || word.hasPrefix("<html") {
        .html
      } else if bytes[0] == 0x80, (2...5).contains(bytes[1]) {
        .pickle
      } else if starts([0x08, 0x01, 0x12]), bytes[3] >= 0x80 {
        .savedModel
      } else if bytes[0] == 0x08, (1...64).contains(bytes[1]), [0x12, 0x1A, 0x22, 0x28, 0x3A, 0x42].contains(bytes[2]) {
        .onnx
      } else if ModelKind.isGraphDef(bytes) {
        .graphDef
      } else if word.hasPrefix("{") || word.hasPrefix("[") {
        .json
      } else {
        ZipDirectory.isAtEnd(of: source) ? .zip : .unknown
      }
  }

  /// Whether bytes begin with a node of a GraphDef: its name, and an operator of TensorFlow that graphs begin with.
  private static func isGraphDef(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    /// The length of the field with this key that comes next.
    func length(_ key: UInt8) -> Int? {
      guard rest.popFirst() == key else { return nil }
      var result = 0
      for shift in stride(from: 0, to: 35, by: 7) {
        guard let byte = rest.popFirst() else { return nil }
        result |= Int(byte & 0x7F) << shift
        if byte < 0x80 { return result }
      }
      return nil
    }
    guard length(0x0A) != nil, let name = length(0x0A), name <= rest.count else { return false }
    rest = rest.dropFirst(name)
    guard let type = length(0x12), type <= rest.count else { return false }
    let first = [
      "Placeholder", "PlaceholderV2", "PlaceholderWithDefault", "Const", "NoOp", "VarHandleOp", "VariableV2",
    ]
    return first.contains(String(decoding: rest.prefix(type), as: UTF8.self))
  }
}
