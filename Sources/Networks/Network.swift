import Ops
import Engine
package import Graphs
package import Kernels
package import ModelFiles
package import Passes
import Segmentation
import Tensors

/// A trained network: read from a file of Keras or ONNX, optimised, and ready to compute.
///
/// Its weights are held by the optimised graph alone; what runs it packs them for its kernels, so a network that is kept beside a run takes
/// their memory twice.
public struct Network: Sendable {
  /// As the caller named the file, or `bundled model`.
  public let file: String
  /// True for the demonstration model inside the library.
  public let isBundled: Bool
  /// The model as it was imported.
  package var imported: ImportedModel
  package let optimised: Graph
  /// One line per rewrite of the optimiser.
  package let rewrites: [String]
  package let metadata: ModelMetadata?
  /// For each output, the unit in which it takes the samples of an image.
  package let units: [String: InputUnit]
  /// The files that it was read from.
  package let files: [String]
  /// What computes the network.
  package let kernels: KernelSet
  /// How long importing took; what optimising adds is not in it.
  package let importSeconds: Double

  /// Reads a `.keras` archive, an HDF5 file of Keras or an ONNX file, whatever its extension, and the metadata beside it
  /// (`MODEL.json`, STAC, Esri).
  ///
  /// - Parameters:
  ///   - path: the model's file; its content decides on its kind.
  ///   - options: what the file does not say.
  ///
  /// Errors: a file that cannot be read, is no model, contradicts its format, or asks for what is not provided.
  public init(contentsOf path: String, options: NetworkOptions = NetworkOptions()) throws(Fault) {
    let start = monotonicSeconds()
    let (description, graph) = try ModelSource(path, options).read()
    let reading: MetadataReading
    do throws(ImportError) { reading = try MetadataReading(of: path, description) } catch {
      throw Fault(error, file: error.site)
    }
    var own = description
    own.notes += reading.notes
    try self.init(
      own, graph, file: path, metadata: reading.metadata, importSeconds: monotonicSeconds() - start, options: options)
  }

  init(
    _ description: ModelDescription, _ graph: Graph, file: String, metadata: ModelMetadata,
    importSeconds: Double, isBundled: Bool = false, options: NetworkOptions
  ) throws(Fault) {
    (self.file, self.isBundled, self.importSeconds) = (file, isBundled, importSeconds)
    files = ([isBundled ? nil : file] + options.paths).compactMap { $0 }
    (self.metadata, kernels) = (metadata.isEmpty ? nil : metadata, options.kernels)
    imported = ImportedModel(graph, description)
    units = graph.inputUnits
    (optimised, rewrites) = try Network.optimised(graph, file: file, options)
  }

  private static func optimised(
    _ graph: consuming Graph, file: String, _ options: NetworkOptions
  ) throws(Fault) -> (Graph, [String]) {
    let (kernels, precision) = (options.kernels, options.precision)
    guard precision == .float32 || kernels.hasBFloat16 else {
      throw Fault(
        .usage, setting: .precision,
        "the kernels for \(kernels.isa.rawValue) on this processor do not multiply bfloat16",
        remedy: .advice("use \(Precision.float32.rawValue)"))
    }
    guard options.isOptimised else {
      guard precision == .float32 else {
        throw Fault(
          .usage, setting: .precision, "\(precision.rawValue) is chosen by the optimiser", remedy: .optimise)
      }
      return (graph, [])
    }
    do { return try Passes.optimised(graph, precision: precision, kernels: kernels) } catch {
      throw Fault(error, file: file)
    }
  }
}
