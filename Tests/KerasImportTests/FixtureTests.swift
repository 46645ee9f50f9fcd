import FoundationEssentials
import KerasImport
import Testing

private struct Case: Decodable {
  var model: String
  var weights: String?
  var architecture: String?
}

private let cases: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: fixtures)) ?? []).sorted()

struct FixtureTests {
  @Test(arguments: cases) func `a model computes what Keras computed`(name: String) throws {
    let directory = "\(fixtures)/\(name)"
    let files = try JSONDecoder().decode(Case.self, from: Data(bytes(directory + "/case.json")))
    let model = try importKeras(
      path: "\(directory)/\(files.model)", weights: files.weights.map { "\(directory)/\($0)" },
      architecture: files.architecture.map { "\(directory)/\($0)" })
    try compare(model, with: directory + "/test_data_set_0")
  }

  @Test func `there are fixtures of every container`() {
    #expect(cases.count >= 25)
    #expect(
      Set(["functional_unet", "legacy_unet", "weights_and_architecture", "unpacked_directory"]).isSubset(of: cases))
  }
}
