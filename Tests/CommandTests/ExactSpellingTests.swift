import Foundation
import Testing

/// Networks of `Fixtures/cases` that are local by their mathematics, however their axes are spelled: tiles of them are exact.
struct ExactSpellingTests {
  /// Kinds all models of which are local.
  static let kinds = [
    "keras_axes", "keras_channel_axis_removed", "keras_class_numbers", "keras_flat_output", "keras_flat_outputs",
    "keras_local_spellings", "onnx_axis_order_input", "onnx_bands_12", "onnx_channel_gather", "onnx_class_numbers",
    "onnx_class_numbers_more", "onnx_flat_output", "onnx_integer_images", "tf2onnx_local_spellings",
    "torch_class_numbers",
    "torch_flat_outputs", "torch_input_axes", "torch_local_spellings",
  ]

  /// Models that are not seen to be local: a convolution along the axis of all pixels, and a choice between computed sizes.
  static let others: Set = [
    "keras_flat_outputs/conv1d_after_flattening.keras", "torch_class_numbers/gated_open_dynamo.onnx",
  ]

  static let models: [String] = kinds.flatMap { kind in
    let folder = Workplace.fixtures.appending(path: "cases/\(kind)").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { ["keras", "onnx"].contains(($0 as NSString).pathExtension) }.sorted().map { "\(kind)/\($0)" }
      .filter { !others.contains($0) }
  }

  @Test(arguments: models)
  func `tiles of a local network are exact`(_ name: String) throws {
    let place = try Workplace()
    let model = "m." + (name as NSString).pathExtension
    try place.copy("cases/\(name)", model)
    let result = try place.run(["info", model])
    #expect(result.status == 0, "\(result.errors)")
    let line = result.output.split(separator: "\n").first { $0.hasPrefix("exact tiles:") }
    #expect(line?.hasPrefix("exact tiles: yes") == true, "\(line ?? "")")
  }

  @Test(arguments: kinds)
  func `each kind has models`(_ kind: String) { #expect(Self.models.contains { $0.hasPrefix(kind + "/") }) }
}
