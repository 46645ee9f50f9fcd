import FoundationEssentials
import Graphs
import KerasImport
import ONNXFormat
import Tensors
import Testing

/// The root of the package, from where this file lies.
let packageRoot = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

/// The names in a directory, sorted; none when there is no such directory.
func names(in directory: String) -> [String] {
  ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
}

func tensor(_ path: String) throws -> Tensor {
  try Tensor(npy: [UInt8](Data(contentsOf: URL(filePath: path))))
}

/// A model with inputs and what another implementation computed from them, in the layout of the ONNX backend tests.
struct ReferenceCase: Sendable, CustomTestStringConvertible {
  private struct Description: Decodable {
    var model: String?
    var weights: String?
    var architecture: String?
    var substitutions: String?
    var keras1_backend: String?
    /// Layer names and the files of their results, relative to a data set.
    var layers: [String: String]?
  }

  struct DataSet {
    let directory: String

    private func numbered(_ prefix: String) throws -> [Tensor] {
      let files = Set(names(in: directory))
      return try (0...).lazy.map { "\(prefix)_\($0).npy" }.prefix { files.contains($0) }
        .map { try tensor("\(directory)/\($0)") }
    }

    func feed(_ graph: Graph) throws -> [String: Tensor] {
      let inputs = graph.inputs.map { graph.nodes[$0].name }
      let tensors = try numbered("input")
      guard tensors.count == inputs.count else {
        throw CaseError("\(directory): \(tensors.count) input files for \(inputs.count) inputs")
      }
      return Dictionary(uniqueKeysWithValues: zip(inputs, tensors))
    }

    func outputs() throws -> [Tensor] { try numbered("output") }
  }

  let directory: String
  private let model: String
  private let data: String
  private let description: Description

  /// A case directory with its model inside.
  init(directory: String) throws {
    description = try ReferenceCase.read(directory)
    guard let name = description.model else { throw CaseError("\(directory)/case.json names no model") }
    (self.directory, data, model) = (directory, directory, "\(directory)/\(name)")
  }

  /// Data sets for a model elsewhere.
  init(model: String, data: String) throws {
    description = Description()
    (directory, self.data, self.model) = (data, data, model)
  }

  private static func read(_ directory: String) throws -> Description {
    try JSONDecoder().decode(Description.self, from: Data(contentsOf: URL(filePath: directory + "/case.json")))
  }

  var testDescription: String { directory.split(separator: "/").suffix(2).joined(separator: "/") }

  func load() throws -> Graph {
    if model.hasSuffix(".onnx") { return try importONNX(path: model).graph }
    var options = ImportOptions()
    if let file = description.substitutions { try options.substitutions.add(file: "\(directory)/\(file)") }
    options.keras1Backend = description.keras1_backend.flatMap(KerasBackend.init)
    return try importKeras(
      path: model, weights: description.weights.map { "\(directory)/\($0)" },
      architecture: description.architecture.map { "\(directory)/\($0)" }, options: options
    ).graph
  }

  var dataSets: [DataSet] {
    names(in: data).filter { $0.hasPrefix("test_data_set_") }.map { DataSet(directory: "\(data)/\($0)") }
  }

  /// Layer names in order, each with the file of its result in a data set.
  var layers: [(name: String, file: String)] {
    (description.layers ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

struct CaseError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The directories `Fixtures/*/*` that hold a case.
let fixtureDirectories: [String] = {
  let root = packageRoot + "/Fixtures"
  return names(in: root).flatMap { group in names(in: "\(root)/\(group)").map { "\(root)/\(group)/\($0)" } }
    .filter { FileManager.default.fileExists(atPath: $0 + "/case.json") }
}()
