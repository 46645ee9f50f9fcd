import FoundationEssentials
import Graphs
import KerasImport
import ModelFiles
import Testing

/// Models of other people that lie beside the project, not in it; without them there is nothing to test.
private let shared: String? = ["/../shared", "/../../shared"].map { packageRoot + $0 + "/data" }
  .first { FileManager.default.fileExists(atPath: $0 + "/models/keras") }

private let names: [String] = {
  guard let shared else { return [] }
  return ((try? FileManager.default.contentsOfDirectory(atPath: shared + "/models/keras")) ?? []).sorted()
}()

/// Weights whose architecture lies beside them.
private let architectures = [
  "mlnd_d1da5e9_full_CNN_model.h5": "mlnd_d1da5e9_full_CNN_model.json",
  "mlnd_7eba959_model.h5": "mlnd_7eba959_model.json",
  "retina_unet_best_weights.h5": "retina_unet_architecture.json",
]

/// Files that must be refused, and as what.
private let refused: [String: ImportError.Kind] = [
  // Weights without an architecture.
  "Meso4_DF.h5": .unsupported, "cse499_unet_trial00.weights.h5": .unsupported,
  "fastml_KERAS_conv2d_weights.h5": .unsupported, "geomforms_dncnn_weights.h5": .unsupported,
  "sr_resnetsr_weights_2X.h5": .unsupported, "sr_srcnn_weights_2X.h5": .unsupported,
  // Architectures without weights.
  "mlnd_7eba959_model.json": .unsupported, "mlnd_d1da5e9_full_CNN_model.json": .unsupported,
  "retina_unet_architecture.json": .unsupported,
  // Keras 1.
  "mlnd_7eba959_model.h5": .unsupported, "retina_unet_best_weights.h5": .unsupported,
  // Classes of other packages, Python code.
  "fastml_qkeras-v3_3layer.keras": .unsupported,
  "keras_pre_pr22362_nested_container.keras": .unsupported, "portrait_gpucom_model6.h5": .unsupported,
]

@Suite(.enabled(if: shared != nil, "no real models beside the package: skipped"))
struct RealModelsTests {
  @Test(arguments: names) func `real models import or are refused for a known reason`(name: String) throws {
    let directory = try #require(shared)
    let path = directory + "/models/keras/" + name
    let architecture = architectures[name].map { directory + "/models/keras/" + $0 }
    do {
      let model = try importKeras(path: path, architecture: architecture)
      #expect(refused[name] == nil)
      print("imports \(name): \(model.graph.nodes.count) nodes, \(model.metadata.notes)")
      let reference = directory + "/reference/\(name)/test_data_set_0"
      if FileManager.default.fileExists(atPath: reference),
        ProcessInfo.processInfo.environment["SEGINFER_EVALUATE_REAL_MODELS"] != nil
      {
        try compare(model, with: reference)
      }
    } catch let error as ImportError {
      print("refuses \(name): \(error.kind) \(error)")
      #expect(refused[name] == error.kind)
    }
  }
}
