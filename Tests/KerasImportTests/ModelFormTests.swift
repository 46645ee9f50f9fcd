import Foundation
import KerasImport
import ModelFiles
import Testing

/// Classes of a user's own: what the file holds says whether they are models that can be read.
struct ModelFormTests {
  private func failure(_ name: String, _ config: String) -> ImportError? {
    do throws(ImportError) {
      _ = try importKeras(
        configuration: "{\"class_name\": \"\(name)\", \"config\": {\"name\": \"m\", \(config)}}", weights: [:],
        kerasVersion: "3.15.0")
      return nil
    } catch { return error }
  }

  private let input =
    #"{"class_name": "InputLayer", "name": "i", "config": {"name": "i", "batch_shape": [null, 8, 8, 3]}, "inbound_nodes": []}"#
  private let relu = #"{"class_name": "ReLU", "config": {"name": "r", "trainable": true}}"#

  @Test(arguments: ["MyModel", "pkg>MyModel", "Dense", "UNet"])
  func `a class with inputs, outputs and layers is functional`(name: String) {
    let ends = #""input_layers": [["i", 0, 0]], "output_layers": [["i", 0, 0]]"#
    #expect(failure(name, #""layers": [\#(input)], \#(ends)"#) == nil)
  }

  @Test(arguments: ["MySequential", "pkg>Steps"])
  func `a class whose layers begin with an input, or that has the shape of one, is sequential`(name: String) {
    #expect(failure(name, #""layers": [\#(input), \#(relu)]"#) == nil)
    #expect(failure(name, #""layers": [\#(relu)], "build_input_shape": [null, 8, 8, 3]"#) == nil)
  }

  @Test func `any other class is refused by its name`() throws {
    for config in [
      #""units": 3"#, #""layers": [\#(relu)]"#, #""layers": 3"#, #""layers": []"#, #""layers": ["a", "b"]"#,
      #""layers": [1, \#(input)], "input_layers": [], "output_layers": []"#,
    ] {
      let error = try #require(failure("MyModel", config))
      #expect(error.kind == .unsupported && error.what == "the model is of class MyModel", "\(config): \(error)")
    }
  }
}
