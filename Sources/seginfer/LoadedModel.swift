import CBundledModel
import Engine
import Graphs
import KerasImport
import Kernels
import ModelFiles
import ONNXFormat
import Ops
import Passes
import Segmentation
import Tensors

/// A model read, optimised and described. Its weights are held by the optimised graph alone.
struct LoadedModel {
  /// As the user typed it, or `bundled model`.
  var file: String
  /// The model as it was imported.
  var imported: ImportedModel
  var optimised: Graph
  /// One line per rewrite of the optimiser.
  var rewrites: [String]
  var metadata: ModelMetadata?
  /// For each output, the unit in which it takes the samples of an image.
  var units: [String: InputUnit]
  var isBundled = false
  /// How long importing took; what `optimise` adds is not in it.
  var importSeconds = 0.0

  static let bundledName = "bundled model"
  static let bundledWarning =
    "this is seginfer's demonstration model, trained on synthetic scenes: its classes mean little on real imagery"

  /// Reads a file. Errors: whatever the importer finds wrong.
  ///
  /// `values` are those of inputs of an ONNX model that are known beforehand.
  init(
    path: String, files: ModelFiles = ModelFiles.none, values: [String: Tensor] = [:], outputs: WantedOutputs = .all,
    optimise: Bool = true
  ) throws(Failure) {
    let start = monotonicSeconds()
    let graph: Graph
    (imported, graph) = try LoadedModel.imported(path, files, values, outputs)
    importSeconds = monotonicSeconds() - start
    file = path
    let reading = try MetadataReading.of(path, imported)
    metadata = reading.metadata.isEmpty ? nil : reading.metadata
    imported.metadata.notes += reading.notes
    units = graph.inputUnits
    (optimised, rewrites) = try LoadedModel.optimise(graph, file: path, files.precision.value, optimise)
  }

  /// The model inside the program.
  init(bundled: Void, files: ModelFiles = ModelFiles.none, optimise: Bool = true) throws(Failure) {
    file = LoadedModel.bundledName
    isBundled = true
    let start = monotonicSeconds()
    let bytes = UnsafeRawBufferPointer(start: bundledModelBytes(), count: bundled_model_size)
    let graph: Graph
    let options = try files.importOptions()
    (imported, graph) = try LoadedModel.read(file) { () throws(ImportError) in
      try importKeras(bytes: bytes, name: LoadedModel.bundledName, options: options)
    }
    importSeconds = monotonicSeconds() - start
    units = graph.inputUnits
    let sidecar = UnsafeRawBufferPointer(start: bundledMetadataBytes(), count: bundled_metadata_size)
    do throws(ImportError) { metadata = try MetadataReading(json: Array(sidecar), from: file).metadata } catch {
      throw Failure(error, file: file)
    }
    (optimised, rewrites) = try LoadedModel.optimise(graph, file: file, files.precision.value, optimise)
  }

  /// What the importer for a file's kind makes of it.
  static func imported(
    _ path: String, _ files: ModelFiles, _ values: [String: Tensor] = [:], _ outputs: WantedOutputs = .all
  ) throws(Failure) -> (ImportedModel, Graph) {
    var options = try files.importOptions()
    options.outputs = outputs
    guard try kind(path) == .onnx else {
      return try read(path) { () throws(ImportError) in
        try importKeras(path: path, weights: files.weights, architecture: files.architecture, options: options)
      }
    }
    guard !files.completesModel else {
      throw Failure(.usage, file: path, "an ONNX model is complete", hint: "leave out the options about its files")
    }
    do throws(ImportError) {
      let model = try importONNX(path: path, values: values, outputs: outputs)
      return (ImportedModel(model, file: path), model.graph)
    } catch { throw Failure(error, file: path) }
  }

  static func kind(_ path: String) throws(Failure) -> ModelKind {
    let kind: ModelKind
    do throws(ImportError) { kind = try sniff(path: path) } catch {
      guard error.kind != .missingFile, hasONNXGraph(path: path) else { throw Failure(error, file: path) }
      return .onnx
    }
    return [.unknown, .savedModel].contains(kind) && hasONNXGraph(path: path) ? .onnx : kind
  }

  private static func read(
    _ file: String, _ model: () throws(ImportError) -> KerasModel
  ) throws(Failure) -> (ImportedModel, Graph) {
    do throws(ImportError) {
      let model = try model()
      return (ImportedModel(model), model.graph)
    } catch { throw Failure(error, file: file) }
  }

  private static func optimise(
    _ graph: consuming Graph, file: String, _ precision: Precision, _ enabled: Bool
  ) throws(Failure) -> (Graph, [String]) {
    let kernels = KernelSet.chosen
    guard precision == .float32 || kernels.hasBFloat16 else {
      throw Failure(
        .usage, at: "--precision", "the kernels for \(kernels.isa.rawValue) on this processor do not multiply bfloat16",
        hint: "use fp32")
    }
    guard enabled else {
      guard precision == .float32 else {
        throw Failure(
          .usage, at: "--precision", "\(precision.rawValue) is chosen by the optimiser", hint: "leave out --no-optimize"
        )
      }
      return (graph, [])
    }
    do { return try Passes.optimised(graph, precision: precision, kernels: kernels) } catch {
      throw Failure(error, file: file)
    }
  }
}

/// What was in a model file, without the weights.
struct ImportedModel {
  var metadata: ModelFacts
  var inputs: [(name: String, type: TensorType)]
  var outputs: [(name: String, type: TensorType)]
  /// The outputs of the model in its file, those included that were not imported.
  var outputNames: [String]
  /// Of inputs that take a single size and do not declare it.
  var bakedTypes: [String: TensorType] = [:]
  /// The nodes that make the outputs.
  var outputNodes: [Int]
  /// Operators, inputs and constants not counted.
  var layerCount: Int
  /// The graph without its weights.
  var skeleton: Graph
  /// The graph as text.
  var dump: String

  init(_ model: KerasModel) {
    self.init(model.graph, ModelFacts(model.metadata), outputs: model.metadata.outputNames)
  }

  init(_ model: ONNXModel, file: String) {
    self.init(model.graph, ModelFacts(model, file: file), outputs: model.metadata.outputNames)
  }

  private init(_ graph: Graph, _ facts: ModelFacts, outputs names: [String]) {
    (metadata, outputNames) = (facts, names)
    inputs = graph.inputs.map { (graph.nodes[$0].name, graph.nodes[$0].types[0]) }
    outputs = graph.outputs.map { ($0.name, graph[$0.value]) }
    outputNodes = graph.outputs.map(\.value.node)
    layerCount = graph.layerCount
    skeleton = graph.skeleton
    dump = graph.description
  }
}

extension LoadedModel {
  /// Who says how samples are scaled, without options.
  var scalingRule: ScalingRule { ScalingRule(metadata: metadata?.scalingNumbers, unit: unit(of: nil)) }

  /// What a run needs to know of the model beside its network.
  struct Facts {
    let metadata: ModelMetadata?
    /// Of the image, for the output that is used.
    let unit: InputUnit
  }

  func facts(output: String?) -> Facts { Facts(metadata: metadata, unit: unit(of: output)) }

  /// The unit of the image for an output, or for the first.
  func unit(of output: String?) -> InputUnit {
    let name = output ?? imported.outputs.first?.name
    return name.flatMap { units[$0] } ?? InputUnit(Graph())
  }
}

extension Graph {
  /// For each output, the unit in which it takes the samples of an image.
  var inputUnits: [String: InputUnit] {
    var result: [String: InputUnit] = [:]
    for (place, output) in outputs.enumerated() { result[output.name] = InputUnit(self, output: place) }
    return result
  }

  /// The number of operators, inputs and constants not counted.
  var layerCount: Int { nodes.count { !($0.op is Constant) && !($0.op is Input) } }
}

extension LoadedModel {
  /// Which of several outputs is used where none is asked for, and which are not.
  var outputUsed: String? {
    let names = imported.outputNames
    return otherOutputs.map { "\(names[0]) (the first of \(names.count); others: \($0); choose with --output-name)" }
  }

  /// The names of all outputs but the first; `nil` where there is one.
  var otherOutputs: String? {
    let names = imported.outputNames.dropFirst()
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }
}

extension ModelFiles {
  static var none: ModelFiles {
    var files = ModelFiles()
    (files.weights, files.architecture, files.precision) = (nil, nil, .float32)
    (files.substitute, files.substitutions, files.keras1Backend) = ([], nil, nil)
    return files
  }
}

extension Failure {
  init(_ error: ImportError, file: String) {
    let status = ExitStatus(rawValue: error.exitClass.rawValue) ?? .malformed
    self.init(
      status, file: file, at: error.site == file ? nil : error.site, error.what,
      hint: error.hint.isEmpty ? nil : error.hint)
  }
}
