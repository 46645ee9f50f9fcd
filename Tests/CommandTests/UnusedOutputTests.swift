import Foundation
import Tensors
import Testing

/// Models of which another output needs what cannot be read, and of sizes that do not fit.
struct UnusedOutputTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  @Test func `run reads what its outputs need`() throws {
    try place.copy("cases/keras_unused_outputs/lambda_first.keras", "m.keras")
    try place.write(Tensor([1, 8, 8, 3], [Float](repeating: 0.5, count: 192)).npyBytes(), "x.npy")
    #expect(try place.run(["run", "m.keras", "--input", "x.npy", "--output", "main=y.npy"]).status == 0)
    #expect(place.names.contains("y.npy"))
    try place.expectRefusal(["run", "m.keras", "--input", "x.npy", "--output", "y.npy"], 3, "m.keras", "Lambda")
    try place.expectRefusal(["run", "m.keras", "--input", "x.npy", "--output", "no=y.npy"], 2, "m.keras", "aux, main")
  }

  @Test func `info describes what can be read, and says what cannot`() throws {
    for (file, model) in [
      ("keras_unused_outputs/lambda_first.keras", "m.keras"), ("keras_unused_outputs/keras2_custom_layer.h5", "m.h5"),
      ("onnx_unused_outputs/subgraph.onnx", "m.onnx"), ("onnx_unused_outputs/operator.onnx", "n.onnx"),
    ] {
      try place.copy("cases/\(file)", model)
      let result = try place.run(["info", model])
      #expect(result.status == 0 && result.output.contains("outputs: main"), "\(result.errors)")
      #expect(result.output.contains("is left out: "), "\(result.output)")
      // All of a model is converted, or nothing.
      try place.expectRefusal(["convert", model, "o.onnx"], 3, model, "not supported")
    }
  }

  @Test func `an output that cannot be read is refused with its reason where it is asked for`() throws {
    try place.copy("cases/keras_unused_outputs/lambda_first.keras", "m.keras")
    for arguments in [[], ["--output-name", "aux"]] {
      try place.expectRefusal(["scene.tif", "-m", "m.keras", "-o", "o.tif"] + arguments, 3, "m.keras", "Lambda")
    }
    try place.expectRefusal(
      ["scene.tif", "-m", "m.keras", "-o", "o.tif", "--output-name", "x"], 2, "m.keras", "aux, main")
  }

  @Test func `a window that does not fit names the one that does`() throws {
    try place.copy("cases/baked_size/tokens_64.onnx", "m.onnx")
    try place.copy("cases/baked_size/scene.tif", "wide.tif")
    let asked = try place.run(["wide.tif", "-m", "m.onnx", "-o", "o.tif", "--window", "128"])
    let words = "error: --window: the network cannot run at 128x128; 64x64 is the size that it takes"
    #expect(asked.status == 2 && asked.errorLines.last == words, "\(asked.errors)")
    #expect(try place.run(["wide.tif", "-m", "m.onnx", "-o", "o.tif", "--window", "64"]).status == 0)
  }
}
