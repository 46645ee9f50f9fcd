import Diagnostics
import FoundationEssentials
import Graphs
import KerasImport
import ModelFiles
import Testing

private let directory = packageRoot + "/Fixtures/malformed/configurations"

private struct Expected: Decodable {
  /// The kind of the error, or `imports`.
  var kind: String
  var site: String?
  /// What the error, or a note of the model, must say.
  var says: [String]
}

private let expected: [String: Expected] =
  (try? JSONDecoder().decode([String: Expected].self, from: Data(bytes(directory + "/expected.json")))) ?? [:]

struct ConfigurationTests {
  @Test(arguments: expected.keys.sorted())
  func `a configuration that cannot be imported is refused where it is bad`(name: String) throws {
    let expected = try #require(expected[name])
    let path = "\(directory)/\(name)"
    do throws(ImportError) {
      let model = try importKeras(path: path)
      #expect(expected.kind == "imports")
      for words in expected.says { #expect(model.description.notes.contains { $0.contains(words) }) }
    } catch {
      #expect("\(error.kind)" == expected.kind, "\(error)")
      if let site = expected.site { #expect(error.site == site, "\(error)") }
      for words in expected.says { #expect(error.what.contains(words), "\(error)") }
      #expect(!error.description.contains("\n"))
    }
  }

  @Test func `there are configurations of every kind`() {
    #expect(expected.count >= 50)
    #expect(Set(expected.values.map(\.kind)) == ["malformed", "unsupported", "limit", "imports"])
  }

  @Test func `nothing that a configuration names is opened`() throws {
    // The classes that would open these files or addresses are refused before anything else is read.
    for name in ["class_tfsm", "class_lookup", "class_text", "class_get_file", "class_load_model"] {
      let error = try #require(failure("\(directory)/\(name).keras"))
      #expect(error.kind == .unsupported)
      #expect(!error.description.contains("passwd") && !error.description.contains("localhost"))
    }
  }

  @Test func `outputs are named by their keys, or by their layers`() throws {
    func names(_ name: String) throws -> [String] {
      try importKeras(path: packageRoot + "/Fixtures/" + name).graph.outputs.map(\.name)
    }
    #expect(
      try names("configurations/nested_dictionaries/model.keras") == ["list", "list_1", "z/edges", "z/mask"])
    #expect(try names("configurations/repeated_outputs/model.keras") == ["conv", "image", "conv_1"])
    #expect(try names("keras2/dictionaries/model.keras") == ["edges", "mask"])
    #expect(try names("keras2/dictionaries_h5/model.h5") == ["edges", "mask"])
  }

  @Test func `precisions are reported`() throws {
    let path = packageRoot + "/Fixtures/configurations/policies/model.keras"
    let metadata = try importKeras(path: path).description
    #expect(metadata.policies == ["mixed_float16": 1, "mixed_bfloat16": 1])
    #expect(metadata.notes.contains("1 layers of precision mixed_float16 are computed in float32"))
    let old = try importKeras(path: packageRoot + "/Fixtures/keras2/mixed_precision/model.keras").description
    #expect(old.policies == ["mixed_float16": 2])
    #expect(try importKeras(path: fixtures + "/functional_unet/model.keras").description.policies.isEmpty)
  }

  @Test func `an input of integers is noted`() throws {
    let path = packageRoot + "/Fixtures/configurations/integer_input/model.keras"
    #expect(try importKeras(path: path).description.notes.contains { $0.contains("declared as uint8") })
  }

  @Test func `the functions of the table have one meaning each`() {
    let names = KerasSupport.operations.flatMap(\.names)
    let functions = KerasSupport.operations.flatMap(\.functions)
    #expect(Set(names).count == names.count)
    #expect(Set(functions).count == functions.count)
    #expect(KerasSupport.operations.allSatisfy { !$0.note.isEmpty && !$0.names.isEmpty })
  }
}
