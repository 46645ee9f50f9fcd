import Graphs
import Ops
import Tensors

/// The graph under construction, and where its weights come from.
final class GraphBuilder {
  var graph = Graph()
  let kerasVersion: String?
  private(set) var layerClasses: [String: String] = [:]
  /// The calls of layers and of models within the model, by `LayerEntry.id`.
  private(set) var calls: [Int: [KerasLayer.Call]] = [:]
  private let file: HDF5File
  private let binding: WeightBinding
  private var constants: [String: Value] = [:]
  /// What was read, by dataset: layers that share their weights share the memory.
  private var tensors: [String: Tensor] = [:]
  private var weightBytes = 0

  init(file: HDF5File, binding: WeightBinding, kerasVersion: String?) {
    (self.file, self.binding, self.kerasVersion) = (file, binding, kerasVersion)
  }

  /// A variable as a constant node named by its source path; the calls of a shared layer share it.
  func weight(_ entry: LayerEntry, _ variable: String, _ shape: [Int?]) throws(KerasError) -> Value {
    let name = entry.path + "/" + variable
    if let known = constants[name], graph[known].dims == shape.enumerated().map({ $1 ?? graph[known].dims[$0] }) {
      return known
    }
    let tensor = try tensor(entry, variable, shape)
    let value = graph.constant(tensor, name: name)
    constants[name] = value
    return value
  }

  /// The elements of a variable of this shape.
  func values(_ entry: LayerEntry, _ variable: String, _ shape: [Int?]) throws(KerasError) -> [Float] {
    try tensor(entry, variable, shape).floats
  }

  private func tensor(_ entry: LayerEntry, _ variable: String, _ shape: [Int?]) throws(KerasError) -> Tensor {
    let site = entry.path + "/" + variable
    guard let path = binding.paths[entry.id]?[variable] else {
      throw KerasError(.malformed, site, "the weights file does not have it")
    }
    let found = try file.shape(ofDataset: path)
    guard found.count == shape.count, zip(found, shape).allSatisfy({ $1 == nil || $0 == $1 }) else {
      let expected = "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
      throw KerasError(.malformed, site, "is of shape \(found) in the file, the configuration demands \(expected)")
    }
    if let known = tensors[path] { return known }
    var bytes = 4
    for dim in found {
      let (next, overflow) = bytes.multipliedReportingOverflow(by: dim)
      guard !overflow, next <= Limits.weightBytes - weightBytes else {
        throw KerasError(.limit, site, "the weights are larger than \(Limits.weightBytes) bytes in all")
      }
      bytes = next
    }
    guard bytes <= 64 << 20 || bytes / 1000 <= file.byteCount else {
      throw KerasError(.limit, site, "declares \(bytes) bytes in a file of \(file.byteCount)")
    }
    weightBytes += bytes
    let values = try file.floats(ofDataset: path, expected: Shape(found))
    guard values.areFinite else { throw KerasError(.malformed, site, "holds NaN or infinite values") }
    let tensor = Tensor(Shape(found), values)
    tensors[path] = tensor
    return tensor
  }

  /// Adds one call of a layer that is not a model.
  func build(_ entry: LayerEntry, _ inputs: [Value], name: String) throws(KerasError) -> Value {
    guard let rule = LayerTable.rule(for: entry) else {
      throw KerasError(.unsupported, entry.path, "layers of class \(printable(entry.className)) are not supported")
    }
    let before = graph.nodes.count
    let site = LayerSite(config: entry.config, name: name, entry: entry, inputs: inputs, builder: self)
    let value = try rule.build(site)
    for node in graph.nodes[before...] { layerClasses[node.name] = entry.className }
    note(entry, name, inputs, [value], since: before)
    return value
  }

  /// Notes one call and the nodes that it added, those from `first` on.
  func note(_ entry: LayerEntry, _ name: String, _ inputs: [Value], _ results: [Value], since first: Int) {
    calls[entry.id, default: []].append(
      .init(name: name, inputs: inputs, results: results, nodes: first..<graph.nodes.count))
  }

  /// Adds an input; the batch is 1.
  func input(_ name: String, _ shape: JSON?, site: String) throws(KerasError) -> Value {
    let hint = "save the model with an input shape such as (None, None, 3)"
    guard let dims = shape?.array, dims.count >= 2 else {
      throw KerasError(.unsupported, site, "the model does not say what shape its input has", hint: hint)
    }
    guard dims.count <= Limits.rank else {
      throw KerasError(.malformed, site, "the input has \(dims.count) dimensions")
    }
    var sizes: [Int?] = [1]
    for dim in dims.dropFirst() {
      if dim.isNull {
        sizes.append(nil)
      } else if let size = dim.int, (1...Limits.dimension).contains(size) {
        sizes.append(size)
      } else {
        throw KerasError(.malformed, site, "the input shape must consist of sizes or null")
      }
    }
    guard sizes.last ?? nil != nil else {
      throw KerasError(.unsupported, site, "the number of channels of the input is not known", hint: hint)
    }
    layerClasses[name] = "InputLayer"
    return graph.input(name, TensorType(.float32, sizes))
  }
}
