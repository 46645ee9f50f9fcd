import Foundation
import ModelFiles
import Testing

/// A directory of its own for one test.
private final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "metadata-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var model: String { url.path + "/m.onnx" }

  func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: url.appending(path: name)) }
}

struct ModelMetadataTests {
  private func reading(_ text: String, _ name: String = "m.json") throws -> MetadataReading {
    let folder = try Folder()
    try folder.write(text, name)
    return try MetadataReading(beside: folder.model)
  }

  @Test func `the keys of Deepness in an ONNX file`() {
    let reading = MetadataReading(properties: [
      "model_type": "Segmentor", "class_names": "{0: 'bg', 1: 'a'}", "resolution": "'25'", "tiles_size": "512",
      "tiles_overlap": "15", "seg_thresh": "\"0.5\"", "seg_small_segment": "7", "standardization_mean": "(0.5, 0.25)",
      "standardization_std": "[\"0.5\", 1]", "author": "{", "det_conf": "x",
    ])
    let metadata = reading.metadata
    #expect(reading.notes.isEmpty, "\(reading.notes)")
    #expect(metadata.type?.value == "Segmentor" && metadata.resolution?.value == 0.25)
    #expect(metadata.tileSize?.value == 512 && metadata.tileOverlap?.value == 15 && metadata.smallSegment?.value == 7)
    #expect(metadata.threshold == Declared(0.5, .model))
    #expect(metadata.scaling?.value == SampleScaling(mean: [0.5, 0.25], deviation: [0.5, 1]))
  }

  @Test(arguments: [
    ("resolution", "fine"), ("resolution", "-1"), ("tile_size", "0"), ("tile_size", "1e30"),
    ("tile_size", "[256, 512]"),
    ("seg_thresh", "1.5"), ("seg_thresh", "nan"), ("seg_thresh", "high"), ("standardization_mean", "[]"),
    ("standardization_std", "[1, None]"), ("scale", "{}"), ("tiles_overlap", "100"), ("seg_small_segment", "0.5"),
    ("class_names", "7"), ("standardization_std", "[1e39]"),
  ]) func `a value that cannot be read is a note in an ONNX file and an error beside it`(_ key: String, _ value: String)
    throws
  {
    let reading = MetadataReading(properties: [key: value])
    #expect(reading.metadata.isEmpty && reading.notes.count == 1 && reading.notes[0].contains("metadata: \(key): "))
    let quoted = (try? Literal(value)) == nil ? "\"\(value)\"" : value
    let error = #expect(throws: ImportError.self) {
      try self.reading("{\"\(key)\": \(quoted), \"class_names\": \(key == "class_names" ? quoted : "[\"a\"]")}")
    }
    #expect(error?.kind == .malformed && error?.site.hasSuffix("m.json") == true)
    #expect(error?.what.hasPrefix("\(key): ") == true, "\(String(describing: error))")
  }

  @Test func `the full name counts before the stem, and metres in files`() throws {
    let folder = try Folder()
    try folder.write("{\"resolution\": 0.5, \"class_names\": [\"a\"]}", "m.onnx.json")
    try folder.write("{\"resolution\": 0.25, \"seg_thresh\": 0.5}", "m.json")
    let metadata = try MetadataReading(beside: folder.model).metadata
    #expect(metadata.resolution == Declared(0.5, .file(folder.model + ".json")) && metadata.threshold == nil)
    let inside = MetadataReading(properties: ["resolution": "10", "seg_thresh": "0.9"]).metadata
    let both = metadata.completed(by: inside)
    #expect(both.resolution?.value == 0.5 && both.threshold == Declared(0.9, .model))
  }

  @Test(arguments: [
    "{\"loss\": [0.5, 0.25], \"accuracy\": [0.5, 0.75]}",
    "{\"class_name\": \"Functional\", \"config\": {\"layers\": []}}",
    "{\"name\": \"viewer\", \"version\": \"1.0\"}", "[1, 2, 3]", "not JSON at all",
    "{\"format\": \"layers-model\", \"weights", "7", "",
    "{}", "{\"resolution\": \"512x512\", \"lr\": 0.1}", "{\"classes\": 5}", "{\"scale\": \"large\"}",
  ]) func `a file about something else is passed over with a note`(_ text: String) throws {
    let reading = try reading(text)
    #expect(reading.metadata.isEmpty && reading.notes.count == 1, "\(reading.notes)")
    #expect(reading.notes.first?.contains("m.json: ") == true && reading.notes.first?.hasSuffix("passed over") == true)
  }

  @Test(arguments: ["{\"class_names\": [\"a\", ", "{", " {\n", "{\"seg_thresh\": 0.5"])
  func `damaged metadata are an error with the line`(_ text: String) throws {
    let error = #expect(throws: ImportError.self) { try reading(text) }
    #expect(error?.kind == .malformed && error?.what.hasPrefix("is not JSON: ") == true)
  }

  @Test func `huge files and directories are passed over`() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "m.onnx.json"), withIntermediateDirectories: true)
    try folder.write("", "m.json")
    truncate(folder.url.path + "/m.json", 17 << 20)
    let reading = try MetadataReading(beside: folder.model)
    #expect(reading.metadata.isEmpty && reading.notes.count == 2, "\(reading.notes)")
    #expect(reading.notes[0].contains("a directory") && reading.notes[1].contains("larger than any metadata"))
  }

  @Test func `what is written is read again`() throws {
    let text = """
      {"name": "n", "class_names": ["bg", "tree"], "class_colors": ["#000000", "#228b22"], "resolution": 0.25,
       "tile_size": 256, "tiles_overlap": 12.5, "seg_thresh": 0.7, "seg_small_segment": 3, "scale": 0.004,
       "standardization_mean": [0.1, 0.2], "standardization_std": [0.3, 1], "trained_on": "rocks"}
      """
    let metadata = try reading(text).metadata
    let properties = metadata.properties()
    let expected = [
      ("model_type", "\"Segmentor\""), ("class_names", "{\"0\": \"bg\", \"1\": \"tree\"}"), ("resolution", "25"),
      ("tile_size", "256"), ("tiles_overlap", "12.5"), ("seg_thresh", "0.7"), ("seg_small_segment", "3"),
      ("standardization_mean", "[0.1, 0.2]"), ("standardization_std", "[0.3, 1]"),
      ("class_colors", "[\"#000000\", \"#228b22\"]"), ("scale", "[0.004]"), ("name", "\"n\""),
      ("trained_on", "\"rocks\""),
    ]
    #expect(properties.elementsEqual(expected) { $0 == $1 }, "\(properties)")
    var again = MetadataReading(properties: Dictionary(uniqueKeysWithValues: properties.map { ($0.key, $0.value) }))
      .metadata
    #expect(again.type?.value == "Segmentor")
    again.type = nil
    #expect(again.classes?.value.names(output: 0)?.names == ["bg", "tree"])
    #expect(again.threshold?.value == metadata.threshold?.value && again.scaling?.value == metadata.scaling?.value)
    #expect(again.resolution?.value == 0.25 && again.tileSize?.value == 256 && again.tileOverlap?.value == 12.5)
  }
}

struct DescriptionTests {
  private func reading(_ text: String, _ name: String) throws -> MetadataReading {
    let folder = try Folder()
    try folder.write(text, name)
    return try MetadataReading(beside: folder.model)
  }

  private func item(_ input: String, _ output: String = "[]") -> String {
    """
    {"type": "Feature", "id": "m", "properties": {"mlm:name": "U-Net", "mlm:input": [{"name": "image",
      "input": {"shape": [-1, 3, 256, 256], "dim_order": ["batch", "bands", "height", "width"]}, \(input)}],
      "mlm:output": \(output)}}
    """
  }

  @Test func `an item of STAC's extension`() throws {
    let classes = """
      [{"classification:classes": [{"value": 0, "name": "bg"}, {"value": 1, "name": "field", "color_hint": "FFAA00"}]}]
      """
    let scaling = """
      "value_scaling": [{"type": "z-score", "mean": 100, "stddev": 50}, {"type": "min-max", "minimum": 10, "maximum": 30},
        {"type": null}]
      """
    let reading = try reading(item(scaling, classes), "m.json")
    let metadata = reading.metadata
    #expect(reading.notes.isEmpty && metadata.name?.value == "U-Net" && metadata.tileSize?.value == 256)
    let table = metadata.classes?.value.names(output: 0)?.table(scores: 2, hasBackground: true)
    #expect(table?.map(\.name) == ["bg", "field"] && table?.last?.color == 0xFFAA00)
    #expect(metadata.scaling?.value == SampleScaling(scale: [1], mean: [100, 10, 0], deviation: [50, 20, 1]))
    let old = try self.reading(
      item("\"norm_type\": \"z-score\", \"statistics\": [{\"mean\": 3, \"stddev\": 2}]"), "m.onnx.json")
    #expect(old.metadata.scaling?.value == SampleScaling(scale: [1], mean: [3], deviation: [2]))
  }

  @Test(arguments: [
    "\"value_scaling\": [{\"type\": \"clip\", \"minimum\": 0, \"maximum\": 1}]",
    "\"value_scaling\": [{\"type\": \"z-score\", \"mean\": 1}]",
    "\"pre_processing_function\": {\"format\": \"python\"}",
    "\"value_scaling\": [{\"type\": \"min-max\", \"minimum\": 1, \"maximum\": 1}]",
  ]) func `a scaling that is not affine is a note`(_ input: String) throws {
    let reading = try reading(item(input), "m.json")
    #expect(reading.metadata.scaling == nil && reading.notes.count == 1, "\(reading.notes)")
  }

  @Test func `Esri's model definition`() throws {
    let text = """
      {"Framework": "PyTorch", "ModelType": "ImageClassification", "ModelName": "roads", "ModelFile": "m.onnx",
       "ImageHeight": 400, "ImageWidth": 400, "ExtractBands": [0, 1, 2],
       "Classes": [{"Value": 1, "Name": "road", "Color": [200, 10, 0]}],
       "NormalizationStats": {"band_min_values": [0, 10], "band_max_values": [100, 210],
         "scaled_mean_values": [0.5, 0.25], "scaled_std_values": [0.25, 0.5]}}
      """
    let metadata = try reading(text, "m.emd").metadata
    #expect(metadata.name?.value == "roads" && metadata.tileSize?.value == 400)
    let table = metadata.classes?.value.names(output: 0)?.table(scores: 2, hasBackground: true)
    #expect(table?.map(\.name) == ["background", "road"] && table?.last?.color == 0xC80A00)
    // (100 - 0) * 0.5 and 10 + (210 - 10) * 0.25.
    #expect(metadata.scaling?.value == SampleScaling(scale: [1], mean: [50, 60], deviation: [25, 100]))
  }
}
