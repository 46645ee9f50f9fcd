import Foundation
import FoundationXML
import Testing

struct InfoTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  private static let keys: Set = [
    "file", "kind", "name", "keras_version", "weights_file", "notes", "inputs", "outputs", "layers", "layer_count",
    "operator_count", "parameters", "trainable_parameters", "weight_bytes", "optimizer_variables", "multiply_adds",
    "gmac", "measured_inputs", "exact", "blockers", "rows", "columns", "output_used", "classes",
    "class_colors", "background", "threshold", "resolution", "tile_size", "tile_overlap", "metadata_from",
    "input_scaling", "input_axes", "output_axes", "decides_classes",
  ]
  private static let layerKeys: Set = [
    "name", "path", "class", "computes", "depth", "is_model", "trainable", "dtype_policy", "output_shapes",
    "parameters",
    "trainable_parameters", "multiply_adds", "inputs", "shared_with", "weights",
  ]

  private func json(_ arguments: String...) throws -> [String: Any] {
    let result = try place.run(["info"] + arguments + ["--json"])
    try #require(result.status == 0 && result.output.split(separator: "\n").count == 1, "\(result.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  @Test func `JSON has the keys that the help lists, whatever the model`() throws {
    let help = try place.run(["info", "--help"]).output
    for key in InfoTests.keys.union(InfoTests.layerKeys) { #expect(help.contains(key), "\(key)") }
    for model in ["demo/model.keras", "keras/nested_twice/model.keras", "keras/legacy_unet/model.h5"] {
      let report = try json(Workplace.fixtures.path + "/" + model)
      #expect(Set(report.keys) == InfoTests.keys, "\(model)")
      let layers = try #require(report["layers"] as? [[String: Any]])
      for layer in layers { #expect(Set(layer.keys) == InfoTests.layerKeys, "\(model)") }
      for weight in layers.flatMap({ $0["weights"] as? [[String: Any]] ?? [] }) {
        #expect(Set(weight.keys) == ["name", "dataset", "shape", "type", "parameters", "trainable"])
      }
    }
  }

  @Test func `JSON says what the model is`() throws {
    struct Value: Decodable, Equatable { var name: String, type: String, shape: [Int?] }
    struct Axis: Decodable, Equatable { var halo_before: Int, halo_after: Int, modulus: Int, stride: Int }
    struct Weight: Decodable { var name: String, dataset: String, shape: [Int], type: String }
    struct Layer: Decodable {
      var name: String, output_shapes: [[Int?]], parameters: Int, multiply_adds: Int, inputs: [String],
        weights: [Weight]
    }
    struct Report: Decodable {
      var file: String, inputs: [Value], outputs: [Value], measured_inputs: [Value], exact: Bool, rows: Axis,
        columns: Axis
      var parameters: Int, trainable_parameters: Int, weight_bytes: Int, multiply_adds: Int, layers: [Layer]
    }
    let result = try place.run(["info", "model.keras", "--json"])
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    #expect(report.file == "model.keras" && report.exact)
    #expect(report.parameters == 1675 && report.trainable_parameters == 1655 && report.weight_bytes == 4 * 1675)
    #expect(report.inputs == [Value(name: "image", type: "float32", shape: [1, nil, nil, 3])])
    #expect(report.measured_inputs == [Value(name: "image", type: "float32", shape: [1, 512, 512, 3])])
    #expect(report.rows == Axis(halo_before: 19, halo_after: 19, modulus: 8, stride: 4))
    #expect(report.columns == report.rows)
    let first = try #require(report.layers.first { $0.name == "enc0_conv" })
    #expect(first.output_shapes == [[nil, nil, nil, 4]] && first.inputs == ["image"] && first.parameters == 108)
    #expect(first.multiply_adds == 512 * 512 * 108)
    #expect(first.weights.map(\.dataset) == ["layers/conv2d/vars/0"] && first.weights[0].shape == [3, 3, 3, 4])
    #expect(report.layers.reduce(0) { $0 + $1.multiply_adds } == report.multiply_adds)
    #expect(report.layers.first { $0.name == "dec1_cat" }?.inputs == ["dec1_up", "enc1_relu"])
  }

  @Test func `text has the facts, then the layers as the file has them`() throws {
    let text = try place.run(["info", "model.keras"]).output
    for words in [
      "model: model.keras, Keras archive (.keras)", "inputs: image f32[1x?x?x3]", "layers: 18, ", "parameters: 1,675",
      "multiply-adds: 158.07 M at f32[1x512x512x3]", "exact tiles: yes: halo 19+19 rows",
      "input scaling: integers divided", "total parameters: 1,675 (6.54 KiB in model.weights.h5)",
      "trainable parameters: 1,655", "non-trainable parameters: 20",
    ] { #expect(text.contains(words), "\(words)") }
    let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("dec1_cat ") })
    #expect(
      row.split(separator: " ") == ["dec1_cat", "Concatenate", "?x?x?x10", "0", "dec1_up,", "enc1_relu"])
    #expect(text.contains("weights: model.weights.h5, in layers/*/vars"))
    let more = try place.run(["info", "model.keras", "--layers"]).output
    #expect(more.hasPrefix(text))
    for words in ["enc0_conv/kernel", "layers/conv2d/vars/0", "as imported", "as optimised"] {
      #expect(more.contains(words), "\(words)")
    }
  }

  @Test func `tables are at most 120 columns wide and keep as much of names as fits`() throws {
    let path = Workplace.fixtures.path + "/families/deeplabv3plus/model.keras"
    let lines = try place.run(["info", path]).output.split(separator: "\n").drop { !$0.hasPrefix("layer ") }
    #expect(lines.count > 100 && lines.allSatisfy { $0.count <= 120 })
    for name in ["conv2_block1_0_conv", "aspp_project_conv", "decoder_low_relu"] {
      #expect(lines.contains { $0.hasPrefix(name + " ") })
    }
  }

  @Test func `classes have the colours of the metadata`() throws {
    try place.write(
      ##"{"class_names": ["a", "b"], "class_colors": ["#010203"], "scale": 0.5, "standardization_mean": [1, 2, 3]}"##
        .utf8,
      "model.keras.json")
    let report = try json("model.keras")
    #expect(report["classes"] as? [String] == ["a", "b"])
    let colours = try #require(report["class_colors"] as? [String])
    #expect(colours.count == 2 && colours[0] == "#010203" && colours[1].count == 7)
    let scaling = try #require(report["input_scaling"] as? [String: Any])
    #expect(scaling["source"] as? String == "metadata" && scaling["mean"] as? [Double] == [1, 2, 3])
    let text = try place.run(["info", "model.keras"]).output
    #expect(text.contains("classes: a #010203, b #"))
    #expect(text.contains("input scaling: samples times 0.5, minus 1.0 2.0 3.0, as the metadata says"))
  }

  @Test func `models that cannot be tiled are described, with the layer that is why`() throws {
    let fixtures = Workplace.fixtures.path + "/keras/"
    let excite = try place.run(["info", fixtures + "squeeze_excite/model.keras"])
    #expect(excite.output.contains("exact tiles: no: global_average_pooling2d"))
    let two = try place.run(["info", fixtures + "shared_layer/model.keras"])
    #expect(two.status == 0 && two.output.contains("exact tiles: no: inputs: there are 2 inputs"))
    let mixed = try place.run(["info", fixtures + "mixed_precision/model.keras"])
    #expect(mixed.output.contains("dtype policy: mixed_bfloat16 of 17 layers (enc0_conv,"))
  }

  @Test func `pictures and graphs are well-formed, whatever the names`() throws {
    let directory = "keras/weights_and_architecture/"
    try place.copy(directory + "model.weights.h5", "w.weights.h5")
    let source = try String(
      contentsOf: Workplace.fixtures.appending(path: directory + "model.json"), encoding: .utf8)
    let name = #"a<b>&\"c\"\\d\u001b[31m"#
    try place.write(source.replacingOccurrences(of: "\"image\"", with: "\"\(name)\"").utf8, "a.json")
    let arguments = ["info", "w.weights.h5", "--architecture", "a.json", "--svg", "m.svg", "--dot", "m.dot"]
    let result = try place.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains(#"inputs: a<b>&"c"\d\u{1B}[31m f32"#) && !result.output.contains("\u{1b}"))
    let dot = String(decoding: try #require(place.bytes("m.dot")), as: UTF8.self)
    #expect(dot.hasPrefix("digraph model {") && dot.contains(#"label="a<b>&amp;\"c\"\\d [31m\n"#))
    let svg = try #require(place.bytes("m.svg"))
    #expect(XMLParser(data: Data(svg)).parse())
    let text = String(decoding: svg, as: UTF8.self)
    #expect(text.contains("a&lt;b&gt;&amp;&quot;c&quot;\\d") && text.contains("H/4×W/4×8") && !text.contains("\u{1b}"))
    // Two processes hash differently, which must not show.
    #expect(try place.run(arguments).status == 0)
    #expect(place.bytes("m.svg") == svg)
  }

  @Test func `a picture that cannot be written is an I/O error`() throws {
    try place.expectRefusal(["info", "model.keras", "--svg", "missing/m.svg"], 5, "missing/m.svg", "cannot be written")
  }
}
