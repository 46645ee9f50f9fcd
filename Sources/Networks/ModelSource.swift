import CBundledModel
import Engine
package import Graphs
import KerasImport
package import ModelFiles
import ONNXFormat
import Passes
import Tensors

/// A model file, or the model inside the library, to be read by the importer for its kind.
package struct ModelSource {
  package let path: String
  private let options: NetworkOptions

  package init(_ path: String, _ options: NetworkOptions) { (self.path, self.options) = (path, options) }

  /// What the importer makes of it. Errors: whatever it finds wrong.
  package func read() throws(Fault) -> (ModelDescription, Graph) {
    let imports = try options.importOptions()
    guard try ModelSource.kind(path) == .onnx else {
      do throws(ImportError) {
        let model = try importKeras(
          path: path, weights: options.weights, architecture: options.architecture, options: imports)
        return (model.description, model.graph)
      } catch { throw Fault(error, file: path) }
    }
    guard !options.completesModel else {
      throw Fault(
        .usage, file: path, "an ONNX model is complete", remedy: .advice("leave out the options about its files"))
    }
    do throws(ImportError) {
      let model = try importONNX(path: path, values: options.values, outputs: options.outputs)
      return (model.description, model.graph)
    } catch { throw Fault(error, file: path) }
  }

  /// The kind of a file, by its content.
  package static func kind(_ path: String) throws(Fault) -> ModelKind {
    let kind: ModelKind
    do throws(ImportError) { kind = try sniff(path: path) } catch {
      guard error.kind != .missingFile, hasONNXGraph(path: path) else { throw Fault(error, file: path) }
      return .onnx
    }
    return [.unknown, .savedModel].contains(kind) && hasONNXGraph(path: path) ? .onnx : kind
  }
}

extension Network {
  /// What the model inside the library is called.
  package static let bundledName = "bundled model"

  /// The demonstration model inside the library: a land-cover network that was trained on synthetic scenes, so that its classes mean little
  /// on real imagery.
  ///
  /// Errors: options that do not go with it.
  public static func bundled(options: NetworkOptions = NetworkOptions()) throws(Fault) -> Network {
    let start = monotonicSeconds()
    let bytes = UnsafeRawBufferPointer(start: bundledModelBytes(), count: bundled_model_size)
    let sidecar = UnsafeRawBufferPointer(start: bundledMetadataBytes(), count: bundled_metadata_size)
    let imports = try options.importOptions()
    let (model, seconds, metadata): (KerasModel, Double, ModelMetadata)
    do throws(ImportError) {
      model = try importKeras(bytes: bytes, name: bundledName, options: imports)
      seconds = monotonicSeconds() - start
      metadata = try MetadataReading(json: Array(sidecar), from: bundledName).metadata
    } catch { throw Fault(error, file: bundledName) }
    return try Network(
      model.description, model.graph, file: bundledName, metadata: metadata, importSeconds: seconds, isBundled: true,
      options: options)
  }
}

extension MetadataReading {
  /// What is known of a model that was read: what a file beside it says counts before what an ONNX file says itself.
  package init(of path: String, _ model: ModelDescription) throws(ImportError) {
    let beside = try MetadataReading(beside: path)
    self.init(properties: model.properties)
    metadata = beside.metadata.completed(by: metadata)
    notes = beside.notes + notes
  }
}
