import Foundation
import Testing

/// ONNX files in many spellings, written anew: `convert` reads back what it wrote and compares, in either layout.
struct ConvertCaseTests {
  /// Some outputs of these cannot be read, or only at the size that was baked in.
  private static let refused = ["onnx_unused_outputs/", "baked_size/oblong_96x64"]

  private static let names = CaseTests.names.filter { name in
    name.hasSuffix(".onnx") && !refused.contains { name.contains($0) }
  }

  @Test(arguments: names.enumerated().filter { $0.offset % 8 == 0 }.map(\.element))
  func `a model that is read can be written`(_ name: String) throws {
    let place = try Workplace()
    try place.copy("cases/\(name)", "m.onnx")
    for options in [[], ["--layout", "nhwc"], ["--layout", "nchw"]] {
      let result = try place.run(["convert", "m.onnx", "n.onnx", "--overwrite"] + options)
      // What ONNX has no form for is refused by name.
      let isNamed = result.status == 3 && result.errors.contains("ONNX has no form for")
      #expect(result.status == 0 || isNamed, "\(options): \(result.errors)")
    }
  }

  @Test func `a value that a transposition passes on keeps its name`() throws {
    let place = try Workplace()
    try place.copy("cases/onnx_metadata_threshold/four_scores.onnx", "m.onnx")
    let result = try place.run(["convert", "m.onnx", "n.onnx"])
    #expect(result.status == 0, "\(result.errors)")
  }
}
