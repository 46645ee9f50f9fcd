import Diagnostics
import KerasImport
import ModelFiles
import Tensors
import Testing

/// A layer, one of its keys, values that it must not have, and how many weights the layer has.
struct BadValue: Sendable, CustomTestStringConvertible {
  var layer: String, key: String, values: [String], weights: Int, others: String

  init(_ layer: String, _ key: String, _ values: [String], weights: Int = 0, _ others: String = "") {
    (self.layer, self.key, self.values, self.weights, self.others) = (layer, key, values, weights, others)
  }

  var testDescription: String { "\(layer) \(key)" }
}

private let numbers = ["\"64\"", "1.5", "true", "{}", "[1, 2, 3, 4]", "NaN", "Infinity", "1e300"]
private let counts = ["0", "-1", "2147483648", "18446744073709551616", "-9223372036854775808", "[]"] + numbers
private let pairs = ["[0, 0]", "[1]", "[]", "[1, 2, 3]", "[3, -3]", "[null, 3]"] + counts
private let flags = ["\"yes\"", "2", "[]", "{}", "0.5"]
private let texts = ["5", "\"causal\"", "\"\"", "[]", "true", "{}"]
private let windowed = "\"filters\": 2, \"kernel_size\": 3, "

private let badValues: [BadValue] =
  ["Conv2D", "Conv2DTranspose"].flatMap { name in
    [
      BadValue(name, "filters", counts + ["null"], weights: 2, "\"kernel_size\": 3, "),
      BadValue(name, "kernel_size", pairs + ["null"], weights: 2, "\"filters\": 2, "),
      BadValue(name, "strides", pairs, weights: 2, windowed), BadValue(name, "padding", texts, weights: 2, windowed),
      BadValue(name, "dilation_rate", pairs, weights: 2, windowed),
      BadValue(name, "use_bias", flags, weights: 2, windowed),
      BadValue(name, "data_format", texts + ["\"NHWC\""], weights: 2, windowed),
      BadValue(name, "groups", counts, weights: 2, windowed),
    ]
  } + [
    BadValue("Conv2D", "groups", ["3"], weights: 2, windowed),
    BadValue("Conv2DTranspose", "output_padding", ["[1]", "-1", "\"1\"", "[0, 1, 2]", "{}"], weights: 2, windowed),
    BadValue("DepthwiseConv2D", "depth_multiplier", counts, weights: 2, "\"kernel_size\": 3, "),
    BadValue("DepthwiseConv2D", "kernel_size", pairs + ["null"], weights: 2),
    BadValue("SeparableConv2D", "depth_multiplier", counts, weights: 3, windowed),
    BadValue("Dense", "units", counts + ["null"], weights: 2),
    BadValue("Dense", "use_bias", flags, weights: 2, "\"units\": 2, "),
    BadValue("MaxPooling2D", "pool_size", pairs), BadValue("MaxPooling2D", "strides", pairs),
    BadValue("AveragePooling2D", "padding", texts), BadValue("AveragePooling2D", "data_format", texts),
    BadValue("GlobalAveragePooling2D", "keepdims", flags),
    BadValue("UpSampling2D", "size", pairs), BadValue("UpSampling2D", "interpolation", ["5", "[]", "true"]),
    BadValue(
      "ZeroPadding2D", "padding", ["-1", "[1]", "[[1, 2], [3]]", "[[1, 2], [3, -4]]", "\"1\"", "{}", "2147483648"]),
    BadValue(
      "Cropping2D", "cropping", ["-1", "[1]", "[[1, 2], [3]]", "[[1, 2], [3, -4]]", "\"1\"", "{}", "2147483648"]),
    BadValue("BatchNormalization", "axis", ["9", "-9", "\"3\"", "{}", "1.5", "[]", "1e300"], weights: 4),
    BadValue("BatchNormalization", "epsilon", ["\"1\"", "{}", "[]", "NaN", "true"], weights: 4),
    BadValue("BatchNormalization", "scale", flags, weights: 4),
    BadValue("BatchNormalization", "center", flags, weights: 4),
    BadValue("LayerNormalization", "axis", ["9", "-9", "\"3\"", "{}", "1.5", "1e300"], weights: 2),
    BadValue("LayerNormalization", "epsilon", ["\"1\"", "{}", "[]", "NaN"], weights: 2),
    BadValue("GroupNormalization", "groups", ["0", "3", "\"2\"", "{}", "1.5", "2147483648"], weights: 2),
    BadValue("Concatenate", "axis", ["9", "-9", "\"3\"", "{}", "1.5", "1e300"]),
    BadValue("Rescaling", "scale", ["\"1\"", "{}", "[1, 2, 3]", "NaN", "[[1], \"a\"]", "Infinity"]),
    BadValue("Rescaling", "offset", ["\"1\"", "{}", "[1, 2, 3]", "NaN", "Infinity"], "\"scale\": 1, "),
    BadValue(
      "Reshape", "target_shape", ["[-1, -1]", "[0]", "\"8\"", "{}", "[1.5]", "[9223372036854775807, 2]", "null"]),
    BadValue(
      "Permute", "dims", ["[1, 1, 2]", "[0, 1, 2]", "[4, 1, 2]", "[1, 2]", "\"123\"", "{}", "null", "[1, 2, 1e300]"]),
    BadValue("Softmax", "axis", ["9", "-9", "\"3\"", "{}", "1.5"]),
    BadValue("LeakyReLU", "negative_slope", ["\"1\"", "{}", "[]", "NaN", "true"]),
    BadValue("ReLU", "max_value", ["\"1\"", "{}", "[]", "NaN", "true"]),
    BadValue("ReLU", "threshold", ["\"1\"", "{}", "[]", "NaN"]),
    BadValue("PReLU", "shared_axes", ["[9]", "[0]", "\"1\"", "{}", "[1.5]"], weights: 1),
    BadValue("Resizing", "height", counts + ["null"], "\"width\": 4, "),
    BadValue("Resizing", "width", counts + ["null"], "\"height\": 4, "),
    BadValue("Activation", "activation", ["5", "[]", "true", "{}"]),
    BadValue("Conv2D", "activation", ["5", "[]", "true"], weights: 2, windowed),
  ]

/// How a model with one layer behind an image of 8 x 8 x 4 fails to load; nil when it loads.
private func failure(
  _ layer: String, _ config: String, weights: Int, calls: String = "{}", version: String = "3.9.0"
) -> ImportError? {
  let shape = #""batch_shape": [null, 8, 8, 4], "name": "image""#
  let tensor = #"{"class_name": "__keras_tensor__", "config": {"keras_history": ["image", 0, 0]}}"#
  let text = """
    {"class_name": "Functional", "config": {"name": "m", "input_layers": [["image", 0, 0]],
     "output_layers": [["probe", 0, 0]], "layers": [
      {"module": "keras.layers", "class_name": "InputLayer", "name": "image", "config": {\(shape)}, "inbound_nodes": []},
      {"module": "keras.layers", "class_name": "\(layer)", "registered_name": null, "name": "probe", "config": {\(config)"name": "probe"},
       "inbound_nodes": [{"args": [\(tensor)], "kwargs": \(calls)}]}]}}
    """
  return failure(
    text, weights: ["probe": [Tensor](repeating: Tensor([1], [0]), count: weights)], version: version)
}

private func failure(_ text: String, weights: [String: [Tensor]] = [:]) -> ImportError? {
  failure(text, weights: weights, version: "3.9.0")
}

private func failure(_ text: String, weights: [String: [Tensor]], version: String) -> ImportError? {
  do throws(ImportError) {
    _ = try importKeras(configuration: text, weights: weights, kerasVersion: version)
    return nil
  } catch { return error }
}

struct HostileConfigurationTests {
  @Test(arguments: badValues) func `a value that a layer cannot have names the layer and the key`(bad: BadValue) {
    for value in bad.values {
      let config = "\(bad.others)\"\(bad.key)\": \(value), "
      guard let error = failure(bad.layer, config, weights: bad.weights) else {
        Issue.record("\(value) was accepted")
        continue
      }
      #expect(error.kind == .malformed || error.kind == .unsupported, "\(value): \(error)")
      #expect(error.site.hasPrefix("probe") && error.what.contains(bad.key), "\(value): \(error)")
      #expect(!error.description.contains("\n"))
    }
  }

  @Test func `what a layer may have is not refused for its value`() throws {
    // The weights are of no shape that fits: the configuration itself is fine.
    for config in [
      "\"filters\": 2, \"kernel_size\": [3, 3], \"groups\": 2, ", "\"filters\": 2.0, \"kernel_size\": 3, ",
      "\"filters\": [2], \"kernel_size\": 3, \"use_bias\": 1, \"padding\": \"SAME\", ",
    ] {
      let error = try #require(failure("Conv2D", config, weights: 2))
      #expect(error.site == "probe/kernel", "\(error)")
    }
    #expect(failure("ReLU", "\"max_value\": Infinity, ", weights: 0) == nil)
  }

  @Test(arguments: ["2147483647", "1073741824", "536870912"])
  func `channels that multiply beyond all bounds are an error`(multiplier: String) throws {
    let config = "\"kernel_size\": 2147483647, \"filters\": 2147483647, \"depth_multiplier\": \(multiplier), "
    for name in ["DepthwiseConv2D", "SeparableConv2D", "Conv2D", "Conv2DTranspose"] {
      let error = try #require(failure(name, config, weights: name == "SeparableConv2D" ? 3 : 2))
      #expect(error.kind == .malformed || error.kind == .limit, "\(error)")
      #expect(error.site.hasPrefix("probe"), "\(error)")
    }
  }

  @Test(arguments: [
    "BatchNormalization", "Dropout", "SpatialDropout2D", "GaussianNoise", "RandomFlip", "TimeDistributed",
  ])
  func `of Keras 2, a layer that is called as in training is refused, with the reason`(name: String) throws {
    let weights = name == "BatchNormalization" ? 4 : 0
    let config = #""rate": 0.5, "stddev": 1, "layer": {"class_name": "Dropout", "config": {}}, "#
    for (value, version) in [("true", "2.15.0"), ("1", "2.9.0")] {
      let error = try #require(
        failure(name, config, weights: weights, calls: "{\"training\": \(value)}", version: version))
      #expect(error.kind == .unsupported && error.site == "probe" && error.what.contains("training=True"), "\(error)")
    }
    for version in ["2.15.0", "3.9.0"] where weights == 0 && name != "TimeDistributed" {
      #expect(failure(name, config, weights: 0, calls: "{\"training\": false}", version: version) == nil)
    }
  }

  @Test(arguments: ["Dropout", "SpatialDropout2D", "GaussianNoise", "AlphaDropout", "RandomFlip", "Solarization"])
  func `of Keras 3, it does at inference what it does without`(name: String) {
    let config = #""rate": 0.5, "stddev": 1, "#
    #expect(failure(name, config, weights: 0, calls: #"{"training": true}"#) == nil)
  }

  @Test(arguments: ["Sequential", "Functional"]) func `50 000 models within each other are an error`(name: String)
    throws
  {
    let open = "{\"class_name\": \"\(name)\", \"config\": {\"layers\": ["
    let text = String(repeating: open, count: 50_000) + String(repeating: "]}}", count: 50_000)
    let error = try #require(failure(text))
    #expect(error.kind == .malformed && error.what.contains("nesting"), "\(error)")
  }

  @Test func `a model that claims to be itself within itself ends`() throws {
    func model(_ inner: String) -> String {
      "{\"class_name\": \"Sequential\", \"name\": \"same\", \"shared_object_id\": 1, \"config\": {\"name\": \"same\", \"layers\": [\(inner)]}}"
    }
    let leaf = #"{"class_name": "InputLayer", "config": {"name": "i", "batch_shape": [null, 8, 8, 4]}}"#
    var text = leaf
    for _ in 0..<40 { text = model(text) }
    #expect(failure(text) == nil)
  }

  @Test func `an output may be an input, and several`() throws {
    let text = #"""
      {"class_name": "Functional", "config": {"name": "m", "input_layers": [["image", 0, 0]],
       "output_layers": [["image", 0, 0], ["image", 0, 0]], "layers": [
        {"class_name": "InputLayer", "name": "image", "config": {"batch_shape": [null, 8, 8, 4]}, "inbound_nodes": []}]}}
      """#
    #expect(failure(text) == nil)
    for (old, new) in [
      ("output_layers", "outputs"), ("[[\"image\", 0, 0], [\"image\", 0, 0]]", "[[\"nowhere\", 0, 0]]"),
    ] {
      let error = try #require(failure(text.replacing(old, with: new)))
      #expect(error.kind == .malformed, "\(error)")
    }
    for index in ["-1", "2", "9223372036854775807", "-9223372036854775808"] {
      for history in ["[[\"image\", \(index), 0]]", "[[\"image\", 0, \(index)]]"] {
        let error = try #require(failure(text.replacing("[[\"image\", 0, 0], [\"image\", 0, 0]]", with: history)))
        #expect(error.kind == .malformed, "\(history): \(error)")
      }
    }
  }

  @Test(arguments: [
    "null", "[null, 8, 8]", "[null, 8, 8, \"4\"]", "[null, 8, 8, 1.5]", "[null, 8, 8, -4]", "[null, 8, 8, 2147483648]",
    "[null, 1, 1, 1, 1, 1, 1, 1, 1]", "\"8\"", "{}", "[]", "[null]",
  ])
  func `an input shape that is none is refused`(shape: String) throws {
    let text = """
      {"class_name": "Sequential", "config": {"name": "m", "layers": [
       {"class_name": "InputLayer", "config": {"name": "image", "batch_shape": \(shape)}},
       {"class_name": "Conv2D", "config": {"name": "probe", "filters": 1, "kernel_size": 1}}]}}
      """
    let error = try #require(failure(text, weights: ["probe": [Tensor([1], [0]), Tensor([1], [0])]]))
    #expect(error.kind == .malformed || error.kind == .unsupported, "\(error)")
    #expect(error.site == "image" || error.site == "probe", "\(error)")
  }
}
