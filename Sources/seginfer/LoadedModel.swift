import CBundledModel
import FoundationEssentials
import Glibc
import Graphs
import KerasImport
import Kernels
import Passes

/// A model read, optimised and described.
struct LoadedModel {
  /// As the user typed it, or `bundled model`.
  var file: String
  var imported: KerasModel
  var optimised: Graph
  /// One line per rewrite of the optimiser.
  var rewrites: [String]
  var metadata: ModelMetadata?
  var isBundled = false

  static let bundledName = "bundled model"
  static let bundledWarning =
    "this is seginfer's demonstration model, trained on synthetic scenes: its classes mean little on real imagery"

  /// Reads a file. Errors: whatever the importer finds wrong, and a `SEGINFER_ISA` that this machine does not have.
  init(path: String, files: ModelFiles = ModelFiles.none, optimise: Bool = true) throws(Failure) {
    do {
      imported = try importKeras(path: path, weights: files.weights, architecture: files.architecture)
    } catch { throw Failure(error, file: path) }
    file = path
    metadata = try ModelMetadata.beside(path)
    (optimised, rewrites) = try LoadedModel.optimise(imported.graph, file: path, optimise)
  }

  /// The model inside the program.
  init(bundled: Void, optimise: Bool = true) throws(Failure) {
    file = LoadedModel.bundledName
    isBundled = true
    let bytes = [UInt8](UnsafeBufferPointer(start: bundledModelBytes(), count: bundled_model_size))
    do { imported = try importKeras(bytes: bytes, name: file) } catch { throw Failure(error, file: file) }
    let sidecar = Data(bytes: bundledMetadataBytes(), count: bundled_metadata_size)
    do { metadata = try JSONDecoder().decode(ModelMetadata.self, from: sidecar) } catch {
      throw Failure(.malformed, file: file, at: "metadata", "\(error)")
    }
    (optimised, rewrites) = try LoadedModel.optimise(imported.graph, file: file, optimise)
  }

  private static func optimise(
    _ graph: Graph, file: String, _ enabled: Bool
  ) throws(Failure) -> (Graph, [String]) {
    do { _ = try KernelSet.resolve(getenv("SEGINFER_ISA").map { String(cString: $0) }) } catch {
      throw Failure(.usage, at: "SEGINFER_ISA", "\(error)")
    }
    guard enabled else { return (graph, []) }
    do { return try Passes.optimised(graph) } catch { throw Failure(error, file: file) }
  }
}

extension ModelFiles {
  static var none: ModelFiles {
    var files = ModelFiles()
    (files.weights, files.architecture) = (nil, nil)
    return files
  }
}

extension Failure {
  init(_ error: KerasError, file: String) {
    let status = ExitStatus(rawValue: error.exitClass.rawValue) ?? .malformed
    self.init(
      status, file: file, at: error.site == file ? nil : error.site, error.what,
      hint: error.hint.isEmpty ? nil : error.hint)
  }
}
