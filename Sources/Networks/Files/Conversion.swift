import Graphs
import KerasImport
import ModelFiles
import ONNXFormat
import Ops
import Passes
import Platform
import Tensors

/// How a model is written as ONNX.
public struct ExportSettings: Sendable {
  /// Fixes the sizes of images, in the order of the axes that the model declares, with the batch or without; `nil` leaves sizes open that
  /// the model leaves open.
  public var sizes: [Int]?
  /// The order of the axes of images in inputs and outputs, whatever it is in the model; `nil` for that of the model.
  public var layout: SegmentationOptions.AxisOrder?
  /// True to fold batch normalisation and padding into convolutions, and to drop what does nothing.
  public var isSimplified = false
  /// True to replace a file that exists.
  public var overwrites = false
  /// The version of the program that writes, for the file's own facts.
  package var producerVersion = ""

  /// Open sizes, axes as in the model, nothing folded.
  public init() {}
}

/// A model that was written as ONNX, before it gets its name.
package struct Conversion: ~Copyable {
  /// How what was written compares with the model.
  package let comparison: String
  private let model: WrittenModel
  private let target: String

  /// Writes a model file as ONNX under a temporary name, reads it back and compares the two.
  ///
  /// Errors: those of reading and writing; a form that ONNX lacks; `differs` where the file computes something else.
  package init(
    _ source: String, to target: String, options: NetworkOptions, settings: ExportSettings, note: (Note) -> Void
  ) throws(Fault) {
    let (description, original) = try ModelSource(source, options).read()
    var graph = original
    if let sizes = settings.sizes {
      graph = try graphErrors(source) { () throws(GraphError) in try graph.sized(sizes) }
    }
    if settings.isSimplified {
      graph = try graphErrors(source) { () throws(GraphError) in try simplified(graph).graph }
    }
    var export = ExportOptions()
    if let layout = settings.layout {
      // Images that are not NHWC become so first; the file is written in either order from there.
      graph = try graphErrors(source) { () throws(GraphError) in
        try withImageEndsChannelsLast(graph, prefersChannelsLast: description.prefersChannelsLast)
      }
      export.isChannelsFirst = layout == .nchw
    }
    export.producerVersion = settings.producerVersion
    let reading: MetadataReading
    do throws(ImportError) { reading = try MetadataReading(of: source, description) } catch {
      throw Fault(error, file: error.site)
    }
    for text in reading.notes { note(.model(text)) }
    if !reading.metadata.isEmpty { export.metadata = reading.metadata.properties() }
    let model: WrittenModel
    do throws(ImportError) { model = try WrittenModel(graph, to: target, export) } catch {
      throw Fault(error, file: target)
    }
    // A model that computes something else never gets its name.
    let written: Graph
    do throws(ImportError) { written = try importONNX(path: model.partialPath, places: model.partialNames).graph } catch
    {
      throw Fault(error, file: target)
    }
    comparison = try RoundTrip(
      original: graph, written: written, file: target, isTurned: export.isChannelsFirst, kernels: options.kernels
    ).run()
    self.model = model
    self.target = target
  }

  /// Gives the file its name.
  package consuming func finish() throws(Fault) {
    do throws(ImportError) { try model.finish() } catch { throw Fault(error, file: target) }
  }
}

extension Network {
  /// Writes a model file as ONNX (operator set 17), reads it back and compares: the file gets its name when it computes the same. The same
  /// model makes the same bytes; classes and scaling of metadata beside the model go into the file.
  ///
  /// - Returns: how what was written compares with the model.
  ///
  /// Errors: a model that cannot be read or has no form in ONNX, sizes that it does not take, a file that cannot be written, outputs that
  /// differ (`Fault.Kind.differs`).
  @discardableResult
  public static func convert(
    _ source: String, to target: String, options: NetworkOptions = NetworkOptions(),
    settings: ExportSettings = ExportSettings(), note: (Note) -> Void = { _ in }
  ) throws(Fault) -> String {
    guard !Files.areSame(source, target) else { throw Fault(.usage, file: target, "is the model itself") }
    var checks = OutputChecks(inputs: [source] + options.paths, overwrite: settings.overwrites)
    try checks.check(target, takesStreams: false)
    let conversion = try Conversion(source, to: target, options: options, settings: settings, note: note)
    let comparison = conversion.comparison
    try conversion.finish()
    return comparison
  }
}

extension Graph {
  /// With images of these sizes; of the batch only where it is among them.
  fileprivate func sized(_ sizes: [Int]) throws(GraphError) -> Graph {
    var types: [String: TensorType] = [:]
    for index in inputs where nodes[index].types[0].rank == 4 {
      let type = nodes[index].types[0]
      types[nodes[index].name] = TensorType(type.dataType, (sizes.count < 4 ? [type.dims[0]] : []) + sizes)
    }
    return try specialised(to: types)
  }
}
