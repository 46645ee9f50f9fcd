import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

/// The graph under construction, and where its weights come from.
final class GraphBuilder {
  var graph = Graph()
  let kerasVersion: String?
  private(set) var layerClasses: [String: String] = [:]
  /// The calls of layers and of models within the model, by `LayerEntry.id`.
  private(set) var calls: [Int: [ModelLayer.Call]] = [:]
  /// What a user should know about how layers were read.
  private(set) var notes: [String] = []
  private let file: any WeightSource
  private let binding: WeightBinding
  private var constants: [String: Value] = [:]
  /// What was read, by dataset: layers that share their weights share the memory.
  private var tensors: [String: Tensor] = [:]
  private var weightBytes = 0
  private var callCount = 0
  /// The inputs of the model in its order; nil for one that cannot be imported and is not needed.
  var inputs: [Value?] = []
  /// Inputs that the model declares as integers.
  private var integers: Set<Value> = []

  init(file: any WeightSource, binding: WeightBinding, kerasVersion: String?) {
    (self.file, self.binding, self.kerasVersion) = (file, binding, kerasVersion)
  }

  /// True for a file that says so.
  var isOfKeras2: Bool { kerasVersion?.hasPrefix("2.") ?? false }

  /// A variable as a constant node named by its source path, with `leading` dimensions of 1 before its own; the calls of
  /// a shared layer share it.
  func weight(
    _ entry: LayerEntry, _ variable: String, _ shape: [Int?], leading: Int = 0
  ) throws(ImportError) -> Value {
    let name = entry.path + "/" + variable
    let ones = [Int?](repeating: 1, count: leading)
    if let known = constants[name] {
      let dims = graph[known].dims
      if dims.count == leading + shape.count, zip(dims, ones + shape).allSatisfy({ $1 == nil || $0 == $1 }) {
        return known
      }
    }
    var tensor = try tensor(entry, variable, shape)
    if leading > 0 {
      tensor = tensor.reshaped(Shape([Int](repeating: 1, count: leading) + tensor.shape.dims))
    }
    let value = graph.constant(tensor, name: name)
    constants[name] = value
    return value
  }

  /// Adds a note, once.
  func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }

  /// The elements of a variable of this shape.
  func values(_ entry: LayerEntry, _ variable: String, _ shape: [Int?]) throws(ImportError) -> [Float] {
    try tensor(entry, variable, shape).floats
  }

  private func tensor(_ entry: LayerEntry, _ variable: String, _ shape: [Int?]) throws(ImportError) -> Tensor {
    let site = entry.path + "/" + variable
    guard let path = binding.paths[entry.id]?[variable] else {
      throw ImportError(.malformed, site, "the weights file does not have it")
    }
    let layout = variable == "kernel" ? entry.storedKernel : nil
    let shape = layout?.stored(shape) ?? shape
    let found = try file.shape(ofDataset: path)
    guard found.count == shape.count, zip(found, shape).allSatisfy({ $1 == nil || $0 == $1 }) else {
      let expected = "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
      throw ImportError(.malformed, site, "is of shape \(found) in the file, the configuration demands \(expected)")
    }
    if let known = tensors[path] { return known }
    var bytes = 4
    for dim in found {
      let (next, overflow) = bytes.multipliedReportingOverflow(by: dim)
      guard !overflow, next <= Limits.weightBytes - weightBytes else {
        throw ImportError(.limit, site, "the weights are larger than \(Limits.weightBytes) bytes in all")
      }
      bytes = next
    }
    guard bytes <= 64 << 20 || bytes / 1000 <= file.byteCount else {
      throw ImportError(.limit, site, "declares \(bytes) bytes in a file of \(file.byteCount)")
    }
    weightBytes += bytes
    let values = try file.floats(ofDataset: path, expected: Shape(found))
    guard values.areFinite else { throw ImportError(.malformed, site, "holds NaN or infinite values") }
    let (ordered, elements) = layout?.canonical(values, found) ?? (found, values)
    let tensor = Tensor(Shape(ordered), elements)
    tensors[path] = tensor
    return tensor
  }

  /// Counts a call of a layer or a nested model. Models that call others twice grow exponentially with their depth.
  func countCall(_ layer: LayerEntry) throws(ImportError) {
    callCount += 1
    guard callCount <= Limits.layers else {
      throw ImportError(.limit, layer.path, "nested models make more than \(Limits.layers) calls of layers")
    }
  }

  /// Adds one call of a layer that is not a model, and returns its results.
  func build(
    _ entry: LayerEntry, _ arguments: CallArguments<Value>, name: String
  ) throws(ImportError) -> [Value] {
    let before = graph.nodes.count
    let site = LayerSite(config: entry.config, name: name, entry: entry, arguments: arguments, builder: self)
    try checkIntegers(entry, arguments)
    let values: [Value]
    if let rule = OperationTable.rule(for: entry) {
      values = try rule.build(OperationSite(site, rule))
    } else if let rule = LayerTable.rule(for: entry) {
      values = [try rule.build(site)]
    } else {
      throw ImportError(.unsupported, entry.path, "layers of class \(printable(entry.className)) are not supported")
    }
    for node in graph.nodes[before...] {
      layerClasses[node.name] = entry.function?.title ?? entry.className
    }
    note(entry, name, arguments.leaves, values, since: before)
    return values
  }

  /// Notes one call and the nodes that it added, those from `first` on.
  func note(_ entry: LayerEntry, _ name: String, _ inputs: [Value], _ results: [Value], since first: Int) {
    calls[entry.id, default: []].append(
      .init(name: name, inputs: inputs, results: results, nodes: first..<graph.nodes.count))
  }

  /// Inputs are float32, also those that the model declares as integers. The first layer must be one that computes the
  /// same from either.
  private func checkIntegers(_ entry: LayerEntry, _ arguments: CallArguments<Value>) throws(ImportError) {
    guard !integers.isEmpty, arguments.leaves.contains(where: integers.contains) else { return }
    let names = OperationTable.rule(for: entry)?.names ?? [entry.className]
    guard names.contains(where: ["Rescaling", "Normalization", "Cast", "TrueDivide"].contains) else {
      throw ImportError(
        .unsupported, entry.path, "\(printable(entry.className)) is given an input of integers as it is",
        remedy: .advice("save the model with a float32 input"))
    }
  }

  /// Adds an input; the batch is 1. `layer` is the one whose name, shape and data type it has.
  func input(_ name: String, _ shape: JSON?, _ layer: LayerEntry) throws(ImportError) -> Value {
    let site = layer.path
    let remedy = Remedy.advice("save the model with an input shape such as (None, None, 3)")
    guard let dims = shape?.array, dims.count >= 2 else {
      throw ImportError(.unsupported, site, "the model does not say what shape its input has", remedy: remedy)
    }
    guard dims.count <= Limits.rank else {
      throw ImportError(.malformed, site, "the input has \(dims.count) dimensions")
    }
    var sizes: [Int?] = [1]
    for dim in dims.dropFirst() {
      if dim.isNull {
        sizes.append(nil)
      } else if let size = dim.int, (1...Limits.dimension).contains(size) {
        sizes.append(size)
      } else {
        throw ImportError(.malformed, site, "the input shape must consist of sizes or null")
      }
    }
    // The channels are the last dimension or the first after the batch; layers say which they need.
    guard sizes.last ?? nil != nil || (sizes.count > 2 && sizes[1] != nil) else {
      throw ImportError(.unsupported, site, "the number of channels of the input is not known", remedy: remedy)
    }
    layerClasses[name] = "InputLayer"
    let value = graph.input(name, TensorType(.float32, sizes))
    if layer.className == "InputLayer", let policy = layer.config.policies.first,
      LayerEntry.integerTypes.contains(policy.name)
    {
      integers.insert(value)
    }
    return value
  }
}
