import Graphs
import KerasImport
import ModelFiles
import ONNXFormat
import Passes
import Tensors

/// A case directory in the layout of the ONNX backend tests.
package struct VerificationCase {
  private struct Description: Decodable {
    var model: String?
    var weights: String?
    var architecture: String?
    var substitutions: String?
    var keras1_backend: String?
  }

  package struct DataSet {
    var inputs: [String]
    var outputs: [String]

    /// Inputs by name, in the order of the model's inputs.
    func feed(_ graph: Graph) throws(Fault) -> [String: Tensor] {
      let names = graph.inputs.map { graph.nodes[$0].name }
      guard names.count == inputs.count else {
        throw Fault(.usage, "\(inputs.count) input files for \(names.count) inputs of the model")
      }
      guard outputs.count <= graph.outputs.count else {
        throw Fault(.usage, "\(outputs.count) output files for \(graph.outputs.count) outputs of the model")
      }
      var feed: [String: Tensor] = [:]
      for (name, path) in zip(names, inputs) { feed[name] = try Files.tensor(path) }
      return feed
    }
  }

  package let model: String
  package let data: String

  /// Whether a path is a directory that holds a case, by the names in it.
  package static func holdsCase(_ directory: String) throws(Fault) -> Bool {
    guard Files.isDirectory(directory) else { return false }
    return try Files.list(directory).contains { $0 == "case.json" || $0.hasPrefix("test_data_set_") }
  }

  private var files = NetworkOptions()

  package init(model: String, data: String, options: NetworkOptions) throws(Fault) {
    guard Files.isDirectory(data) else { throw Fault(.inputOutput, file: data, "not a directory") }
    (self.model, self.data, files) = (model, data, options)
  }

  package init(directory: String) throws(Fault) {
    let base = directory.hasSuffix("/") ? directory : directory + "/"
    guard Files.isDirectory(directory) else { throw Fault(.inputOutput, file: directory, "not a directory") }
    data = directory
    var description = Description()
    if Files.exists(base + "case.json") { description = try Files.decode(Description.self, base + "case.json") }
    files.weights = description.weights.map { base + $0 }
    files.architecture = description.architecture.map { base + $0 }
    files.substitutions = description.substitutions.map { base + $0 }
    if let name = description.keras1_backend {
      guard let backend = KerasBackend(rawValue: name) else {
        throw Fault(.malformed, file: base + "case.json", at: "keras1_backend", "\(name) is not known")
      }
      files.keras1Backend = backend
    }
    if let name = description.model {
      model = base + name
    } else if let name = try Files.list(directory).first(where: { $0.hasPrefix("model.") && !$0.hasSuffix(".json") }) {
      model = base + name
    } else {
      throw Fault(.inputOutput, file: directory, "has no model.* and no case.json that names one")
    }
  }

  func load(precision: Precision, optimise: Bool) throws(Fault) -> Network {
    var files = files
    (files.precision, files.isOptimised) = (precision, optimise)
    return try Network(contentsOf: model, options: files)
  }

  /// A model whose sizes depend on inputs, which are vectors or numbers, for the values that a data set has for them.
  func load(for set: DataSet, precision: Precision, optimise: Bool) throws(Fault) -> (
    Network, feed: [String: Tensor]
  )? {
    guard try ModelSource.kind(model) == .onnx else { return nil }
    let names: [String]
    do throws(ImportError) { names = try inputNames(ofONNX: model) } catch { throw Fault(error, file: model) }
    guard names.count == set.inputs.count else { return nil }
    var values: [String: Tensor] = [:], feed: [String: Tensor] = [:]
    for (name, path) in zip(names, set.inputs) {
      let tensor = try Files.tensor(path)
      let isSmall = tensor.shape.rank <= 1 && tensor.shape.count <= TensorType.trackedCount
      if isSmall { values[name] = tensor } else { feed[name] = tensor }
    }
    guard !values.isEmpty else { return nil }
    var options = NetworkOptions()
    (options.values, options.isOptimised) = (values, optimise)
    return (try Network(contentsOf: model, options: options), feed)
  }

  package func dataSets() throws(Fault) -> [DataSet] {
    let base = data.hasSuffix("/") ? data : data + "/"
    let names = try Files.list(data)
    let sets = names.filter { $0.hasPrefix("test_data_set_") && Files.isDirectory(base + $0) }
    if sets.isEmpty && ["input_0.npy", "input_0.pb"].contains(where: names.contains) { return [DataSet(base, names)] }
    var result: [DataSet] = []
    for set in sets { result.append(DataSet(base + set + "/", try Files.list(base + set))) }
    return result
  }
}

extension VerificationCase.DataSet {
  package init(_ base: String, _ names: [String]) {
    func numbered(_ prefix: String) -> [String] {
      var found: [String] = []
      while let name = ["npy", "pb"].map({ "\(prefix)_\(found.count).\($0)" }).first(where: names.contains) {
        found.append(base + name)
      }
      return found
    }
    self.init(inputs: numbered("input"), outputs: numbered("output"))
  }
}
