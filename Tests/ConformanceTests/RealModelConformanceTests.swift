import FoundationEssentials
import Graphs
import KerasImport
import ModelFiles
import ONNXFormat
import Tensors
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

/// Models whose results may lie further than 1e-4 of the largest from the reference: how far, and why.
private let looselyDefined: [String: (relative: Float, absolute: Float, reason: String)] = [
  "winml_fns_candy.onnx": (2e-3, 0, "instance norms amplify: definitions in double precision lie about as far from it"),
  "basic_pitch_nmp.onnx": (0, 1e-3, "probabilities, by minimal filtering; by direct convolution they are within 1e-4"),
]

/// Models that are refused, and what the refusal says.
private let refused = [
  "fastml_branched_ch_last.onnx": "qonnx.custom_op.channels_last.Conv",
  "fastml_separable_conv_ch_last.onnx": "qonnx.custom_op.channels_last.Conv",
  "onnxtut_super_resolution.onnx": "IR version 1",
  "ort_superres_prepost_op18.onnx": "com.microsoft.extensions.DecodeImage",
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
    if let reason = refused[name] {
      let error = #expect(throws: ImportError.self) { try reference.load() }
      #expect(error?.kind == .unsupported && error?.what.contains(reason) == true, "\(String(describing: error))")
      return
    }
    let graph = try reference.load()
    for data in reference.dataSets {
      guard let loose = looselyDefined[name] else {
        let found = try disagreements(graph, data)
        #expect(found.isEmpty, "\(found)")
        continue
      }
      for (result, expected) in zip(try run(graph, data.feed(graph)), try data.outputs()) {
        let largest = expected.floats.reduce(Float(0)) { max($0, abs($1)) }
        let comparison = Comparison(result, against: expected, rtol: 0, atol: loose.absolute + loose.relative * largest)
        #expect(comparison.beyond == 0, "at most by \(comparison.maximum) of \(largest)")
      }
    }
  }

  @Test func `models without a reference are imported or refused as known`() throws {
    let directory = try #require(shared)
    for name in names(in: directory + "/models/onnx") where !onnxModels.contains(name) {
      let path = "\(directory)/models/onnx/\(name)"
      if let reason = refused[name] {
        let error = #expect(throws: ImportError.self) { try importONNX(path: path) }
        #expect(error?.what.contains(reason) == true, "\(name): \(String(describing: error))")
      } else {
        #expect(throws: Never.self) { try importONNX(path: path) }
      }
    }
  }
}
