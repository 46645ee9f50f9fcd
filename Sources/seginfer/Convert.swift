import ArgumentParser
import Graphs
import ModelFiles
import ONNXFormat
import Ops
import Passes
import Platform
import Tensors

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model as ONNX (operator set 17), then read it back and compare.",
    discussion: """
      The same model makes the same bytes. Sizes that the model leaves open stay open. Classes and scaling of a metadata file beside \
      the model (MODEL.json) go into the ONNX file, under the keys of Deepness and GeoDeep.
      """)

  @Argument(help: "Model file.")
  var source: String
  @Argument(help: ArgumentHelp("The ONNX file to write; default: the model's name with .onnx.", valueName: "dst.onnx"))
  var destination: String?
  @OptionGroup var files: ModelFiles
  @Option(help: ArgumentHelp("Fix the size of the images.", valueName: "h,w,c"))
  var inputShape: InputShape?
  @Option(
    help:
      "Order of the axes of images in inputs and outputs, whatever it is in the model: nhwc, or nchw as Deepness and GeoDeep want it. Default: as in the model."
  )
  var layout: Layout?
  @Flag(
    inversion: .prefixedNo, help: "Fold batch normalisation and padding into convolutions, and drop what does nothing.")
  var optimize = false
  @Flag(help: "Replace an existing file.")
  var overwrite = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if files.precision.value != .float32 { throw ValidationError("--precision is not about files") }
  }

  func run() throws {
    let target = destination ?? stem(source).directory + stem(source).name + ".onnx"
    guard !Files.areSame(source, target) else { throw Failure(.usage, file: target, "is the model itself") }
    var checks = OutputChecks(inputs: files.paths(source), overwrite: overwrite)
    try checks.check(target, takesStreams: false)
    guard !Files.isSpecial(target) else { throw Failure(.usage, file: target, "is not a regular file") }
    reuseFreedMemory(6 * min(Files.size(source), Machine.current.memory.bytes / 8))
    let (imported, original) = try LoadedModel.imported(source, files)
    var graph = original
    if let inputShape { graph = try sized(graph, inputShape) }
    if optimize { graph = try checked { () throws(GraphError) in try simplified(graph).graph } }
    var options = ExportOptions()
    if let layout {
      // Images that are not NHWC become so first; the file is written in either order from there.
      let facts = imported.metadata
      graph = try checked { () throws(GraphError) in
        try withImageEndsChannelsLast(graph, prefersChannelsLast: facts.prefersChannelsLast)
      }
      options.isChannelsFirst = !layout.hasChannelsLast
    }
    options.producerVersion = SegInfer.configuration.version
    let reading = try MetadataReading.of(source, imported)
    for text in reading.notes { common.log("model: \(text)") }
    if !reading.metadata.isEmpty { options.metadata = reading.metadata.properties() }
    let model: WrittenModel
    do throws(ImportError) { model = try WrittenModel(graph, to: target, options) } catch {
      throw Failure(error, file: target)
    }
    // A model that computes something else never gets its name.
    let written: Graph
    do throws(ImportError) {
      written = try importONNX(path: model.partialPath, places: model.partialNames).graph
    } catch { throw Failure(error, file: target) }
    let check = RoundTrip(original: graph, written: written, file: target, isTurned: options.isChannelsFirst)
    common.log(try check.run())
    do throws(ImportError) { try model.finish() } catch { throw Failure(error, file: target) }
    try writeResult(target)
  }

  private func sized(_ graph: Graph, _ shape: InputShape) throws(Failure) -> Graph {
    var types: [String: TensorType] = [:]
    for index in graph.inputs where graph.nodes[index].types[0].rank == 4 {
      let type = graph.nodes[index].types[0]
      types[graph.nodes[index].name] = TensorType(
        type.dataType, [type.dims[0], shape.height, shape.width, shape.channels])
    }
    return try checked { () throws(GraphError) in try graph.specialised(to: types) }
  }

  private func checked<T>(_ body: () throws(GraphError) -> T) throws(Failure) -> T {
    do { return try body() } catch { throw Failure(error, file: source) }
  }
}
