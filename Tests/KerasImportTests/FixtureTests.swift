import FoundationEssentials
import KerasImport
import Testing

private struct Case: Decodable {
  var model: String
  var weights: String?
  var architecture: String?
  var substitutions: String?
  var keras1_backend: String?
}

/// Groups of cases, each case as `group/name`.
private let cases: [String] = [
  "keras", "keras_layers", "keras2_layers", "operations", "configurations", "keras2", "keras1",
  "writers", "nodes",
].flatMap { group in
  let names = (try? FileManager.default.contentsOfDirectory(atPath: packageRoot + "/Fixtures/" + group)) ?? []
  return names.sorted().map { "\(group)/\($0)" }
}

struct FixtureTests {
  @Test(arguments: cases) func `a model computes what Keras computed`(name: String) throws {
    let directory = packageRoot + "/Fixtures/" + name
    let files = try JSONDecoder().decode(Case.self, from: Data(bytes(directory + "/case.json")))
    var options = ImportOptions()
    if let substitutions = files.substitutions { try options.substitutions.add(file: "\(directory)/\(substitutions)") }
    options.keras1Backend = files.keras1_backend.flatMap(KerasBackend.init)
    let model = try importKeras(
      path: "\(directory)/\(files.model)", weights: files.weights.map { "\(directory)/\($0)" },
      architecture: files.architecture.map { "\(directory)/\($0)" }, options: options)
    try compare(model, with: directory + "/test_data_set_0")
  }

  @Test func `there are fixtures of every container`() {
    #expect(cases.count >= 80)
    #expect(cases.count { $0.hasPrefix("writers/") } >= 80)
    let containers = ["functional_unet", "legacy_unet", "weights_and_architecture", "unpacked_directory"]
    #expect(Set(containers.map { "keras/\($0)" }).isSubset(of: cases))
    // An ellipsis cannot be in an archive of Keras 2.
    let only = ["keras2/ellipses_h5", "keras2/preprocessing_h5"]
    for name in cases
    where name.hasSuffix("_h5") && !name.hasPrefix("keras/") && !name.hasPrefix("writers/") && !only.contains(name) {
      #expect(cases.contains(String(name.dropLast(3))), "in one container only")
    }
  }
}
