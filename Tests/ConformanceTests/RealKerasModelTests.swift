import Diagnostics
import FoundationEssentials
import Graphs
import KerasImport
import ModelFiles
import Testing

/// What becomes of a file that somebody else wrote.
private enum Verdict {
  /// It imports, and the engine computes what Keras computed.
  case agrees
  /// It imports; no Keras of today computed anything from it.
  case imports
  /// It is refused, in a sentence that contains this.
  case refused(ImportError.Kind, String)
}

private let weightsAlone = Verdict.refused(.unsupported, "also name the architecture")
private let architectureAlone = Verdict.refused(.unsupported, "also name the weights file")

private let verdicts: [String: Verdict] = [
  "Meso4_DF.h5": weightsAlone,
  "afm_segmentation_model.keras": .agrees,
  "chabria_autoencoder.h5": .agrees,
  "chabria_autoencoder.keras": .agrees,
  "colourspark_autoencoder.keras": .agrees,
  "cse499_unet_best.h5": .agrees,
  "cse499_unet_trial00.weights.h5": weightsAlone,
  "denoicing_autoencoder.keras": .agrees,
  "dl4j_GAPError.h5": .agrees,
  "dl4j_wgan_discriminator.h5": .agrees,
  "fastml_KERAS_conv2d_weights.h5": weightsAlone,
  "fastml_qkeras-v3_3layer.keras": .refused(.unsupported, "QDense (layer fc1, registered as qkeras>QDense)"),
  "fer2013_big_XCEPTION.54-0.66.hdf5": .agrees,
  "fer2013_mini_XCEPTION.119-0.65.hdf5": .agrees,
  "geomforms_dncnn.h5": .agrees,
  "geomforms_dncnn_weights.h5": weightsAlone,
  "hiwony_unet.h5": .agrees,
  "internship_segmentation_model.h5": .agrees,
  "internship_unet_model.keras": .agrees,
  "keras_pre_pr22362_nested_container.keras": .refused(.unsupported, "the model is of class NestedDenseModel"),
  "lane_unet.h5": .agrees,
  "liver_unet_model.h5": .agrees,
  "mlnd_7eba959_model.h5": .refused(.unsupported, "was written by Keras 1.2.0"),
  "mlnd_7eba959_model.json": architectureAlone,
  "mlnd_d1da5e9_full_CNN_model.h5": .imports,
  "mlnd_d1da5e9_full_CNN_model.json": architectureAlone,
  "mlnd_full_CNN_model.h5": .agrees,
  "mlperftiny_pretrainedResnet.h5": .agrees,
  "mlperftiny_str_ww_ref_model.h5": .agrees,
  "portrait_gpucom_model1.h5": .imports,
  "portrait_gpucom_model4.h5": .imports,
  "portrait_gpucom_model6.h5": .refused(.unsupported, "Lambda (layer lambda_1)"),
  "retina_unet_architecture.json": architectureAlone,
  "retina_unet_best_weights.h5": .refused(.unsupported, "was written by Keras 1.0.5"),
  "roadcrack_fcn_model.h5": .agrees,
  "roadcrack_unet_model.h5": .agrees,
  "sabo_planet_unet_model.h5": .agrees,
  "ships_unet_model.h5": .agrees,
  "sr_resnetsr_weights_2X.h5": weightsAlone,
  "sr_srcnn_weights_2X.h5": weightsAlone,
  "steel_model.keras": .agrees,
  "steel_segmentation_model.h5": .agrees,
  "tiny_XCEPTION_KDEF.hdf5": .agrees,
]

/// Weights whose architecture lies beside them.
private let architectures = [
  "mlnd_d1da5e9_full_CNN_model.h5": "mlnd_d1da5e9_full_CNN_model.json",
  "mlnd_7eba959_model.h5": "mlnd_7eba959_model.json",
  "retina_unet_best_weights.h5": "retina_unet_architecture.json",
]

/// Keras 1 models that import when they are told what they ran on.
private let keras1: [String: KerasBackend] = [
  "mlnd_7eba959_model.h5": .tensorflow, "retina_unet_best_weights.h5": .theano,
]

private let files: [String] = shared.map { names(in: $0 + "/models/keras") } ?? []

/// All Keras files of other people.
@Suite(.enabled(if: !files.isEmpty, "no real Keras models beside the package: skipped"))
struct RealKerasModelTests {
  private func model(_ name: String, _ options: ImportOptions = ImportOptions()) throws -> KerasModel {
    let directory = try #require(shared) + "/models/keras/"
    return try importKeras(
      path: directory + name, architecture: architectures[name].map { directory + $0 }, options: options)
  }

  /// Data sets with what Keras computed from a model.
  private func references(_ name: String) throws -> [ReferenceCase.DataSet] {
    let directory = try #require(shared)
    return try ReferenceCase(model: "\(directory)/models/keras/\(name)", data: "\(directory)/reference/\(name)")
      .dataSets
  }

  @Test func `every file is known`() {
    #expect(Set(files) == Set(verdicts.keys))
  }

  @Test(arguments: files) func `a file agrees with Keras or is refused, as is known of it`(name: String) throws {
    let verdict = try #require(verdicts[name], "nothing is known of this file")
    let model: KerasModel
    do { model = try self.model(name) } catch let error as ImportError {
      guard case .refused(let kind, let sentence) = verdict else {
        Issue.record("was refused: \(error)")
        return
      }
      #expect(error.kind == kind && error.description.contains(sentence), "\(error)")
      return
    }
    let data = try references(name)
    switch verdict {
    case .refused: Issue.record("was imported")
    case .imports: #expect(data.isEmpty, "there is a reference to agree with")
    case .agrees:
      #expect(!data.isEmpty)
      guard isAskedToEvaluate else { return print("\(name): imports, but is not evaluated in a debug build") }
      for data in data {
        let found = try disagreements(model.graph, data)
        #expect(found.isEmpty, "\(found)")
      }
    }
  }

  @Test(arguments: keras1.keys.sorted().filter(files.contains))
  func `a model of Keras 1 imports when it is told what it ran on`(name: String) throws {
    var options = ImportOptions()
    options.keras1Backend = keras1[name]
    #expect(try model(name, options).description.kerasVersion?.hasPrefix("1.") == true)
  }
}
