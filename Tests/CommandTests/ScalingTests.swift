import Foundation
import Testing

struct ScalingTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.copy("cases/onnx_input_scaling/scene.tif", "case.tif")
  }

  private func log(_ name: String, _ options: String...) throws -> [Substring] {
    let model = Workplace.fixtures.path + "/cases/" + name
    let result = try place.run(["case.tif", "-m", model, "-o", "o.tif", "--overwrite"] + options)
    try #require(result.status == 0, "\(result.errors)")
    return result.errors.split(separator: "\n")
  }

  @Test func `a run prints the numbers that decided`() throws {
    let lines = try log("keras_input_scaling/channels_taken.keras")
    #expect(lines.contains("samples: as they are: the model subtracts 103.94, 116.78, 123.68 in BGR"))
    #expect(!lines.contains { $0.contains("warning") })
  }

  @Test func `what is not certain is one warning that names the option`() throws {
    for model in ["onnx_input_scaling/side_branch.onnx", "keras_input_scaling/normalization_01.keras"] {
      let lines = try log(model)
      #expect(lines.contains { $0.hasPrefix("samples: divided by 255, the largest uint8") })
      #expect(lines.count { $0.hasPrefix("warning: ") && $0.contains("--scale 1") } == 1, "\(lines)")
      #expect(try !log(model, "--scale", "1").contains { $0.contains("warning") })
    }
  }

  @Test func `numbers that do not go with the channels name the option or the key`() throws {
    try place.copy("cases/onnx_input_scaling/side_branch.onnx", "m.onnx")
    let given = try place.run(["case.tif", "-m", "m.onnx", "-o", "o.tif", "--mean", "1,2"])
    #expect(given.status == 2 && given.errors.contains("--mean: 2 values for 3 channels"))
    let none = try place.run(["case.tif", "-m", "m.onnx", "-o", "o.tif", "--scale", "0"])
    #expect(none.status == 2 && none.errors.contains("--scale: a factor of 0"))
    try place.write(#"{"standardization_std": [0]}"#.utf8, "m.json")
    let metadata = try place.run(["case.tif", "-m", "m.onnx", "-o", "o.tif"])
    #expect(metadata.status == 2 && metadata.errors.contains("standardization_std: a deviation of 0"))
  }

  @Test func `info has the rule and its evidence`() throws {
    func scaling(_ name: String) throws -> [String: Any] {
      let result = try place.run(["info", Workplace.fixtures.path + "/cases/" + name, "--json"])
      let report = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
      return try #require(report?["input_scaling"] as? [String: Any])
    }
    let samples = try scaling("keras_input_scaling/applications_densenet.keras")
    #expect(samples["source"] as? String == "model" && samples["unit"] as? String == "samples")
    #expect((samples["evidence"] as? String)?.hasPrefix("subtracts 123.68, 116.28, 103.53, divides by") == true)
    #expect(samples["doubtful"] as? Bool == false && samples["layer"] is String)
    let unit = try scaling("onnx_input_scaling/twice_minus_one.onnx")
    #expect(unit["unit"] as? String == "0..1" && unit["doubtful"] as? Bool == false)
    let unknown = try scaling("onnx_input_scaling/side_branch.onnx")
    #expect(unknown["source"] as? String == "type" && unknown["unit"] is NSNull && unknown["doubtful"] as? Bool == true)
  }
}
