import Foundation
import Rasters
import Testing

/// Names, thresholds and backgrounds of metadata, through the whole program.
struct ClassDecisionCommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.copy("cases/onnx_metadata_names/scene.tif", "small.tif")
  }

  private func copy(_ model: String) throws { try place.copy("cases/\(model).onnx", "m.onnx") }

  /// A run with `m.onnx`: the lines on the standard error.
  private func lines(_ options: String...) throws -> [String] {
    let result = try place.run(
      ["small.tif", "-m", "m.onnx", "-o", "o.tif", "--overwrite", "--stats", "s.json"] + options)
    try #require(result.status == 0, "\(result.errors)")
    return result.errors.split(separator: "\n").map(String.init)
  }

  /// The names that the statistics of the last run have.
  private func names() throws -> [String] {
    struct Statistics: Decodable {
      struct Class: Decodable { var name: String }
      var classes: [Class]
    }
    return try JSONDecoder().decode(Statistics.self, from: Data(#require(place.bytes("s.json")))).classes.map(\.name)
  }

  @Test(arguments: [
    ("numbers_as_texts", ["bg", "tree", "water"]), ("python", ["bg", "tree's", "water"]),
    ("from_one", ["bg", "tree", "water"]), ("gap", ["bg", "1", "water"]), ("tuple", ["bg", "tree", "water"]),
    ("list_of_lists", ["bg", "tree", "water"]), ("by_name", ["bg", "tree", "water"]),
    ("entries", ["bg", "tree", "water"]), ("dict1", ["background", "Coffee"]), ("list1", ["background", "Coffee"]),
  ]) func `names reach the mask and info, whatever their form`(_ model: String, _ expected: [String]) throws {
    try copy("onnx_metadata_names/\(model)")
    _ = try lines()
    #expect(try names() == expected)
    let info = try place.run(["info", "m.onnx"]).output.split(separator: "\n")
    let line = try #require(info.first { $0.hasPrefix("classes: ") })
    #expect(line.hasSuffix(" (the model's metadata)"))
    for name in expected { #expect(line.contains("\(name) #"), "\(line)") }
  }

  @Test func `names of another number are an error that says whose they are, and give way to others`() throws {
    try copy("onnx_metadata_names/three2")
    let run = ["small.tif", "-m", "m.onnx", "-o", "o.tif"]
    try place.expectRefusal(
      run, 2, "m.onnx: the model's metadata: 3 class names (bg, Coffee, more)", "2 classes", "--classes")
    try place.write("0,nothing\n1,coffee\n".utf8, "c.csv")
    _ = try lines("--classes", "c.csv")
    #expect(try names() == ["nothing", "coffee"])
    try place.write("{\"class_names\": [\"a\", \"b\", \"c\", \"d\"]}".utf8, "m.json")
    try FileManager.default.removeItem(atPath: place.path("o.tif"))
    try place.expectRefusal(run, 2, "m.json: class_names: 4 class names (a, b, c, d) for a model of 2 classes")
    try place.write(
      "{\"class_names\": [\(Array(repeating: "\"x\"", count: 257).joined(separator: ", "))]}".utf8, "m.json")
    try place.expectRefusal(run, 2, "m.json", "257 class names")
    #expect(try place.run(["info", "m.onnx"]).output.contains("they do not fit to 2 scores"))
    _ = try lines("--classes", "c.csv")
  }

  @Test func `three names are right for two scores without a background`() throws {
    try copy("onnx_metadata_names/three2")
    _ = try lines("--background", "none")
    #expect(try names() == ["bg", "Coffee", "more"])
  }

  @Test func `a file about something else beside the model is a line, a value that cannot be read is an error`() throws
  {
    try copy("onnx_metadata_names/python")
    try place.write("{\"loss\": [0.5, 0.25]}".utf8, "m.json")
    let told = try lines()
    #expect(told.contains { $0.hasPrefix("model: m.json: with loss, no metadata of the model") }, "\(told)")
    #expect(try names() == ["bg", "tree's", "water"])
    try place.write("{\"class_names\": 3}".utf8, "m.onnx.json")
    try place.expectRefusal(
      ["small.tif", "-m", "m.onnx", "-o", "p.tif"], 4, "m.onnx.json: class_names: 3 are not names")
    try place.copy("cases/onnx_metadata_threshold/unreadable.onnx", "n.onnx")
    let note = try place.run(["info", "n.onnx"]).output
    #expect(note.contains("note: the model's metadata: seg_thresh: \"high\" is not a probability, passed over"))
  }

  @Test func `a threshold without a known background is refused`() throws {
    try copy("onnx_metadata_threshold/text_without_names")
    #expect(try lines("--threshold", "0.75").contains { $0.hasPrefix("classes: the largest score's, 0 where all") })
    try place.expectRefusal(
      ["small.tif", "-m", "model.keras", "-o", "p.tif", "--threshold", "0.5"], 2, "--threshold", "--background none")
    try place.expectRefusal(
      ["small.tif", "-m", "m.onnx", "-o", "p.tif", "--background", "1"], 2, "--background", "none")
  }

  @Test func `sigmoids of which the largest wins get a line, others none`() throws {
    try copy("sigmoid_heads_without_background/by_default")
    #expect(try lines().count { $0.hasPrefix("warning: each of the 5 scores is a sigmoid") } == 1)
    for options in [["--background", "0"], ["--background", "none"], ["--threshold", "0.5"]] {
      let result = try place.run(["small.tif", "-m", "m.onnx", "-o", "o.tif", "--overwrite"] + options)
      #expect(result.status == 0 && !result.errors.contains("warning: each"), "\(options)")
    }
  }

  @Test func `blended windows decide as the whole network does`() throws {
    for model in ["onnx_metadata_threshold/logits", "sigmoid_heads_without_background/names"] {
      try? FileManager.default.removeItem(atPath: place.path("m.onnx"))
      try copy(model)
      _ = try lines()
      let exact = try place.mask("o.tif")
      _ = try lines("--blend", "hann", "--window", "16")
      #expect(try place.mask("o.tif") == exact, "\(model)")
    }
  }

  @Test func `of several outputs a line names the one that is used and the others`() throws {
    try copy("several_outputs/onnx_0")
    let used = "softmax2 (the first of 3; others: softmax4, softmax6; choose with --output-name)"
    #expect(try lines().contains("output: \(used)"))
    #expect(try names() == ["bg", "tree"])
    #expect(try place.run(["info", "m.onnx"]).output.contains("output used: \(used)"))
    #expect(try !lines("--output-name", "softmax4").contains { $0.hasPrefix("output: ") })
    #expect(try names() == ["bg", "water", "road"])
  }

  @Test func `names of one output are not those of another`() throws {
    try copy("onnx_metadata_names/list_of_lists")
    try place.write("{\"class_names\": [[\"a\", \"b\", \"c\"], [\"d\", \"e\", \"f\"]]}".utf8, "m.json")
    _ = try lines()
    #expect(try names() == ["a", "b", "c"])
    try FileManager.default.removeItem(atPath: place.path("m.onnx"))
    try copy("several_outputs/onnx_1")
    try place.write("{\"class_names\": [[\"a\", \"b\"]]}".utf8, "m.json")
    #expect(
      try lines("--output-name", "softmax4").contains(
        "classes: numbered, since m.json names those of other outputs only"))
    #expect(try names() == ["0", "1", "2"])
  }

  @Test func `info tells thresholds, sizes and whose they are`() throws {
    try copy("onnx_metadata_threshold/one_score")
    try place.write(
      "{\"tile_size\": 256, \"tiles_overlap\": 15, \"resolution\": 0.5, \"seg_small_segment\": 7}".utf8, "m.json")
    let text = try place.run(["info", "m.onnx"]).output
    for line in [
      "class of a pixel: 1 where the score is above 0.9, else 0, a threshold of the model's metadata",
      "tile size: 256, overlapping by 15.0 % (m.json)", "resolution: 0.5 m per pixel (m.json)",
      "not applied: seg_small_segment 7 (m.json)",
    ] { #expect(text.contains(line + "\n"), "\(line)\n\(text)") }
    let json = try place.run(["info", "m.onnx", "--json"]).output
    let report = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(report["tile_size"] as? Int == 256 && report["tile_overlap"] as? Double == 15)
    #expect(report["threshold"] as? Double == 0.9 && report["background"] is NSNull)
    #expect(report["classes"] as? [String] == ["background", "tree"])
    let origins = try #require(report["metadata_from"] as? [String: Any])
    #expect(origins["tile_size"] as? String == "m.json" && origins["scaling"] is NSNull)
    #expect(origins["threshold"] as? String == "the model's metadata")
  }

  @Test func `converted metadata decide the same`() throws {
    try copy("onnx_metadata_threshold/logits")
    _ = try lines()
    let mask = try place.mask("o.tif")
    #expect(try place.run(["convert", "m.onnx", "n.onnx"]).status == 0)
    #expect(try place.run(["small.tif", "-m", "n.onnx", "-o", "n.tif"]).status == 0)
    #expect(try place.mask("n.tif") == mask)
  }
}
