import Graphs
import KerasImport
import ModelFiles
import ONNXFormat
import Tensors

/// What the commands say of a model beside its graph, whatever format it came in.
struct ModelFacts {
  /// What the file is.
  var kind: String
  var name: String?
  /// Nil for other files than Keras'.
  var kerasVersion: String?
  /// Who wrote it and in which version of its format, such as `Keras 3.5.0`.
  var version: String?
  /// What a user should know: things assumed, things ignored.
  var notes: [String]
  /// The layers in the order of the file; those of a model within the model follow it.
  var layers: [ModelLayer]
  /// The file that holds the weights: a member of an archive, or a path.
  var weightsFile: String
  /// The batch size that the model is fixed to; nil where it is open.
  var batch: Int?
  /// True where the channels of images come before their rows.
  var isChannelsFirst: Bool
  /// Elements of what the optimiser keeps in the file; 0 where there is nothing.
  var optimizerCount: Int
  /// What the writer of an ONNX file added: classes, scaling.
  var properties: [String: String] = [:]

  /// What decides where channels are when sizes do not: the convention of who writes such files.
  var prefersChannelsLast: Bool { kind != ModelKind.onnx.rawValue && !isChannelsFirst }

  init(_ metadata: KerasModel.Metadata) {
    kind = metadata.kind.rawValue
    name = metadata.name
    kerasVersion = metadata.kerasVersion
    version = metadata.kerasVersion.map { "Keras \($0)" }
    notes = metadata.notes
    layers = metadata.layers.map { ModelLayer($0) }
    weightsFile = metadata.weightsFile
    batch = metadata.batch
    isChannelsFirst = metadata.isChannelsFirst
    optimizerCount = metadata.optimizerCount
  }

  init(_ model: ONNXModel, file: String) {
    let metadata = model.metadata
    kind = ModelKind.onnx.rawValue
    name = metadata.name.isEmpty ? nil : metadata.name
    version = "opset \(metadata.opset)" + (metadata.producer.isEmpty ? "" : ", by \(metadata.producer)")
    notes = metadata.notes
    layers = metadata.layers.map { ModelLayer($0, metadata.layers) }
    weightsFile = file
    let inputs = model.graph.inputs.map { model.graph.nodes[$0].types[0] }
    batch = inputs.first?.dims.first ?? nil
    // The axis that is known and small, and not the last.
    isChannelsFirst = inputs.contains { type in
      type.rank == 4 && type.dims[1].map { channels in type.dims[3].map { channels < $0 } ?? true } ?? false
    }
    optimizerCount = 0
    properties = metadata.properties
  }
}

/// One layer of a model, or one model within it, as the file has it.
struct ModelLayer: Hashable {
  /// The names of the models that it lies in and its own, joined by slashes.
  var path: String
  var name: String
  /// As the file has it.
  var className: String
  /// What is computed where the class does not say it.
  var computes: String?
  /// The number of models that it lies in, 0 for layers of the model itself.
  var depth = 0
  /// True for a model, whose layers follow it with a greater depth.
  var isModel = false
  var isTrainable = true
  var dtypePolicy = "float32"
  /// For each call within its model, the layers that it reads.
  var sources: [[String]]
  var variables: [Variable]
  /// The calls that the outputs of the whole model need, in the order of the graph.
  var calls: [Call] = []

  /// A variable, and where the file has it.
  struct Variable: Hashable {
    var name: String
    /// Its place in the weights file.
    var dataset: String
    var shape: [Int]
    /// The element type in the file, as NumPy names it.
    var type: String
    var count: Int, byteCount: Int
    var isTrainable: Bool
  }

  /// One call of the layer in the graph.
  struct Call: Hashable {
    var name: String
    var inputs: [Value]
    var results: [Value]
    /// The nodes that the call added to the graph.
    var nodes: Range<Int>
  }

  init(_ layer: KerasLayer) {
    (path, name, className, computes) = (layer.path, layer.name, layer.className, layer.computes)
    (depth, isModel, isTrainable, dtypePolicy) = (layer.depth, layer.isModel, layer.isTrainable, layer.dtypePolicy)
    sources = layer.sources
    variables = layer.variables.map {
      Variable(
        name: $0.name, dataset: $0.dataset, shape: $0.shape, type: $0.type, count: $0.count, byteCount: $0.byteCount,
        isTrainable: $0.isTrainable)
    }
    calls = layer.calls.map { Call(name: $0.name, inputs: $0.inputs, results: $0.results, nodes: $0.nodes) }
  }

  init(_ layer: ONNXModel.Layer, _ all: [ONNXModel.Layer]) {
    (path, name, className) = (layer.name, layer.name, layer.type)
    sources = [layer.sources.map { all[$0].name }]
    variables = layer.weights.map {
      Variable(
        name: $0.name, dataset: $0.name, shape: $0.shape, type: $0.type, count: $0.count, byteCount: $0.byteCount,
        isTrainable: true)
    }
    calls = [Call(name: layer.name, inputs: layer.inputs, results: layer.results, nodes: layer.nodes)]
  }
}

extension [ModelLayer] {
  /// All variables, those that several layers share once.
  var distinctVariables: [ModelLayer.Variable] {
    var seen: Set<String> = []
    return flatMap(\.variables).filter { seen.insert($0.dataset).inserted }
  }
}
