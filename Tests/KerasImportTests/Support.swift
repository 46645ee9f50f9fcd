import FoundationEssentials
import Graphs
import KerasImport
import ModelFiles
import Tensors
import Testing

/// The root of the package, from where this file lies.
let packageRoot: String = {
  var parts = #filePath.split(separator: "/")
  parts.removeLast(3)
  return "/" + parts.joined(separator: "/")
}()

let fixtures = packageRoot + "/Fixtures/keras"

func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

/// The largest difference over `max(1, largest expected value)`.
func relativeDifference(_ actual: Tensor, _ expected: Tensor) -> Float {
  guard actual.shape == expected.shape else { return .infinity }
  let scale = expected.floats.reduce(Float(1)) { max($0, abs($1)) }
  return zip(actual.floats, expected.floats).reduce(Float(0)) { worst, pair in
    let difference = abs(pair.0 - pair.1) / scale
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}

/// Evaluates a model by the plain definitions on `input_0.npy`, ... of a directory and compares with `output_0.npy`,
/// ....
func compare(_ model: KerasModel, with directory: String, tolerance: Float = 1e-4) throws {
  var feed: [String: Tensor] = [:]
  for (place, input) in model.graph.inputs.enumerated() {
    feed[model.graph.nodes[input].name] = try Tensor(npy: bytes("\(directory)/input_\(place).npy"))
  }
  let outputs = try model.graph.evaluate(feed)
  for (place, output) in outputs.enumerated() {
    let expected = try Tensor(npy: bytes("\(directory)/output_\(place).npy"))
    let difference = relativeDifference(output, expected)
    #expect(
      difference <= tolerance,
      "output \(place) of shape \(output.shape), expected \(expected.shape), differs by \(difference)")
  }
}

/// A directory for one test's files, removed at its end.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "seginfer-keras-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], as name: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: path + "/" + name))
    return path + "/" + name
  }
}

/// The error that an import ends with; nil when it succeeds.
func failure(_ path: String, weights: String? = nil, architecture: String? = nil) -> ImportError? {
  do throws(ImportError) {
    _ = try importKeras(path: path, weights: weights, architecture: architecture)
    return nil
  } catch { return error }
}
