import Foundation
import Rasters
import Testing

/// `convert`, and what it writes as the model of other commands.
struct ConvertTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  @Test func `a converted model makes the mask of the model that it was`() throws {
    let converted = try place.run(["convert", "model.keras", "model.onnx"])
    #expect(converted.status == 0, "\(converted.errors)")
    #expect(converted.output == "model.onnx\n")
    #expect(converted.errors.contains("read back: the same operators on the same weights"))
    for (model, mask) in [("model.keras", "keras.tif"), ("model.onnx", "onnx.tif")] {
      let result = try place.run(["scene.tif", "-m", model, "-o", mask, "--of", "GTiff"])
      #expect(result.status == 0, "\(result.errors)")
    }
    #expect(place.bytes("onnx.tif") != nil && place.bytes("onnx.tif") == place.bytes("keras.tif"))
  }

  @Test func `channels-first and optimised files make it too`() throws {
    let converted = try place.run([
      "convert", "model.keras", "turned.onnx", "--layout", "nchw", "--optimize",
    ])
    #expect(converted.status == 0 && converted.errors.contains("read back: agrees to"), "\(converted.errors)")
    for (model, mask) in [("model.keras", "keras.tif"), ("turned.onnx", "onnx.tif")] {
      #expect(try place.run(["scene.tif", "-m", model, "-o", mask, "--of", "GTiff"]).status == 0)
    }
    #expect(place.bytes("onnx.tif") != nil && place.bytes("onnx.tif") == place.bytes("keras.tif"))
  }

  @Test func `classes and scaling of the metadata file go along`() throws {
    let classes = ##""class_names": ["land", "water", "road"], "class_colors": ["#000000", "#1e64c8", "#d2b48c"]"##
    let text = "{\(classes), \"scale\": 0.004}"
    try place.write(text.utf8, "model.json")
    #expect(try place.run(["convert", "model.keras", "other.onnx"]).status == 0)
    let info = try place.run(["info", "other.onnx"])
    #expect(info.output.contains("classes: land #000000, water #1e64c8, road #d2b48c"), "\(info.output)")
    #expect(info.output.contains("times 0.004, as the metadata says"), "\(info.output)")
  }

  @Test func `the same model makes the same bytes, and sizes can be fixed`() throws {
    #expect(try place.run(["convert", "model.keras", "a.onnx"]).status == 0)
    #expect(try place.run(["convert", "model.keras", "b.onnx"]).status == 0)
    #expect(place.bytes("a.onnx") == place.bytes("b.onnx"))
    #expect(try place.run(["convert", "model.keras", "c.onnx", "--input-shape", "64,96,3"]).status == 0)
    #expect(try place.run(["info", "c.onnx"]).output.contains("f32[1x64x96x3]"))
  }

  @Test func `an existing file is refused, and replaced when asked to`() throws {
    try place.write("mine".utf8, "model.onnx")
    try place.expectRefusal(["convert", "model.keras"], 2, "model.onnx", "exists")
    #expect(place.bytes("model.onnx") == Array("mine".utf8))
    #expect(try place.run(["convert", "model.keras", "--overwrite"]).status == 0)
    #expect(place.bytes("model.onnx") != Array("mine".utf8))
  }

  @Test func `mistakes leave nothing behind`() throws {
    let before = place.names
    try place.expectRefusal(["convert", "model.keras", "model.keras"], 2, "model.keras", "is the model itself")
    try place.expectRefusal(["convert", "nope.keras"], 5, "nope.keras", "No such file")
    try place.expectRefusal(["convert", "model.keras", "nowhere/a.onnx"], 5, "nowhere/a.onnx", "cannot be written")
    try place.expectRefusal(["convert", "model.keras", "a.onnx", "--input-shape", "64,64,7"], 4, "model.keras", "7")
    #expect(place.names == before)
  }
}
