import ModelFiles
import ONNXFormat
import TestSupport
import Testing

private typealias M = TestModel

/// Attributes that operators cannot take: the error names the node, the operator and the attribute.
struct AttributeTests {
  private static let kernel = M.ints("kernel_shape", [2, 2])
  private static let weights = M.floats("w", [3, 3, 2, 2])
  private static let channels = ["s", "b", "m", "v"].map { M.floats($0, [3]) }

  /// A node of an operator that is read where `attributes` are left out.
  private static func site(_ type: String) -> (inputs: [String], attributes: [Part], initializers: [Part]) {
    switch type {
    case "Conv", "ConvTranspose": (["w"], [], [weights])
    case "MaxPool", "AveragePool": ([], [kernel], [])
    default: ([], [], [])
    }
  }

  private static let windows: [(type: String, name: String, values: [Int])] =
    ["Conv", "ConvTranspose", "MaxPool", "AveragePool"].flatMap { type in
      let cases: [(String, [[Int]])] = [
        ("strides", [[0, 1], [-1, 1], [1], [1, 1, 1], [.max, 1], []]),
        ("dilations", [[0, 0], [1, -1], [1], [1 << 31, 1]]),
        ("pads", [[-1, 0, 0, 0], [1 << 31, 0, 0, 0], [1, 1], [0, 0, 0, .min]]),
      ]
      return cases.flatMap { name, lists in lists.map { (type, name, $0) } }
    }

  @Test(arguments: windows) func `windows that do not exist are malformed`(type: String, name: String, values: [Int]) {
    let site = Self.site(type)
    #expect(failure(M.of(type, site.inputs, site.attributes, site.initializers, opset: 19).bytes) == nil)
    let model = M.of(type, site.inputs, site.attributes + [M.ints(name, values)], site.initializers, opset: 19)
    // An empty list of pads is none.
    expect(failure(model.bytes), .malformed, ["suspect", type, name])
  }

  @Test(arguments: ["Conv", "ConvTranspose", "MaxPool", "AveragePool"], ["SOME", "same_upper", "VALID "])
  func `an auto_pad that does not exist is malformed`(type: String, value: String) {
    let site = Self.site(type)
    let model = M.of(type, site.inputs, site.attributes + [M.text("auto_pad", value)], site.initializers)
    expect(failure(model.bytes), .malformed, ["suspect", type, "auto_pad", value])
  }

  private static func conv(_ name: String, _ word: String, type: String = "Conv", _ attribute: @escaping Part)
    -> Refusal
  {
    Refusal(name, .malformed, "suspect", type, word, model: M.of(type, ["w"], [attribute], [weights]))
  }

  private static let convolutions: [Refusal] = [
    conv("a kernel that the weights do not have", "kernel_shape", M.ints("kernel_shape", [5, 5])),
    conv("a kernel of one axis", "kernel_shape", M.ints("kernel_shape", [2])),
    conv("no groups", "0 groups", M.int("group", 0)), conv("fewer groups than none", "-1 groups", M.int("group", -1)),
    conv("groups that do not divide", "2 groups", M.int("group", 2)),
    conv("groups for other channels", "9 input channels", M.int("group", 3)),
    conv("groups without end", "groups", M.int("group", 1 << 62)),
    conv("no groups of a transposed one", "0 groups", type: "ConvTranspose", M.int("group", 0)),
    conv("groups that do not divide its input", "2 groups", type: "ConvTranspose", M.int("group", 2)),
    conv("output_padding below 0", "output_padding", type: "ConvTranspose", M.ints("output_padding", [-1, 0])),
    conv("output_padding of one axis", "output_padding", type: "ConvTranspose", M.ints("output_padding", [1])),
    conv("an output_shape of 0", "output_shape", type: "ConvTranspose", M.ints("output_shape", [0, 16])),
    conv("an output_shape without end", "output_shape", type: "ConvTranspose", M.ints("output_shape", [.max, 16])),
  ]

  @Test(arguments: convolutions) func `attributes that contradict the weights are malformed`(refusal: Refusal) {
    refusal.check()
  }

  private static func missing(
    _ type: String, _ name: String, _ others: [String] = [], _ attributes: [Part] = [], _ initializers: [Part] = [],
    opset: Int = 17
  ) -> Refusal {
    Refusal(
      "\(type) without \(name)", .malformed, "suspect", type, name,
      model: M.of(type, others, attributes, initializers, opset: opset))
  }

  private static let required: [Refusal] = [
    missing("MaxPool", "kernel_shape"), missing("AveragePool", "kernel_shape"), missing("DepthToSpace", "blocksize"),
    missing("SpaceToDepth", "blocksize"), missing("LRN", "size"), missing("Cast", "to"), missing("Concat", "axis"),
    missing("Einsum", "equation"), missing("Upsample", "scales", opset: 8),
    missing("Upsample", "height_scale", opset: 6),
    missing("Upsample", "width_scale", [], [M.float("height_scale", 2)], opset: 6),
    missing("Slice", "starts", opset: 9), missing("Slice", "ends", [], [M.ints("starts", [0])], opset: 9),
    missing("Pad", "pads", opset: 10), missing("Unsqueeze", "axes", opset: 12), missing("Mod", "fmod", ["x"]),
    missing("GroupNormalization", "num_groups", ["s", "s"], [], [M.floats("s", [3])], opset: 21),
    missing("ImageScaler", "bias", opset: 7), missing("Crop", "border", opset: 7),
  ]

  @Test(arguments: required) func `attributes that must be there are named where they are missing`(refusal: Refusal) {
    refusal.check()
  }

  @Test func `a constant without a value, or with two, is malformed`() {
    for attributes in [[], [M.int("value_int", 1), M.float("value_float", 1)]] {
      let model = M(nodes: [M.node("Constant", [], ["y"], name: "suspect", M.all(attributes))])
      expect(failure(model.bytes), .malformed, ["suspect", "one value, has \(attributes.count)"])
    }
  }

  private static func typed(_ type: String, _ name: String, _ value: @escaping Part, opset: Int = 17) -> Refusal {
    Refusal("\(type).\(name)", .malformed, "suspect", type, name, model: M.of(type, [], [value], opset: opset))
  }

  private static let types: [Refusal] = [
    typed("LeakyRelu", "alpha", M.text("alpha", "1")), typed("LeakyRelu", "alpha", M.floats(of: "alpha", [1])),
    typed("Softmax", "axis", M.text("axis", "1")), typed("Softmax", "axis", M.float("axis", 1)),
    typed("Softmax", "axis", M.ints("axis", [1])), typed("Gelu", "approximate", M.int("approximate", 1)),
    typed("Transpose", "perm", M.int("perm", 0)), typed("Transpose", "perm", M.floats(of: "perm", [0, 1, 2, 3])),
    typed("Transpose", "perm", M.text("perm", "0123")), typed("MaxPool", "kernel_shape", M.int("kernel_shape", 2)),
    typed("MaxPool", "kernel_shape", M.tensor("kernel_shape", M.integers("", [2, 2]))),
    typed("Upsample", "scales", M.ints("scales", [1, 1, 2, 2]), opset: 8),
    typed("ReduceMean", "keepdims", M.int("keepdims", 2)), typed("ReduceMean", "keepdims", M.text("keepdims", "yes")),
    typed("ConstantOfShape", "value", M.int("value", 1)),
    typed("Softmax", "axis", M.attribute("axis", type: 5) { _ in }),
  ]

  @Test(arguments: types) func `a value of another type than the operator takes is malformed`(refusal: Refusal) {
    refusal.check()
  }

  @Test func `an attribute that contradicts itself is malformed`() {
    let broken: [(String, Part)] = [
      ("another type", M.attribute("axis", type: 2) { $0.float(2, 1) }),
      ("does not exist", M.attribute("axis", type: 99) { _ in }),
      ("does not exist", M.attribute("axis", type: -1) { _ in }), ("no value", M.attribute("axis", type: 4) { _ in }),
      ("twice", M.all([M.int("axis", 1), M.int("axis", 1)])),
      (
        "another type",
        M.attribute("axis", type: 2) {
          $0.int(3, 1)
          $0.text(4, "1")
        }
      ),
    ]
    for (word, attribute) in broken {
      expect(failure(M.of("Softmax", [], [attribute]).bytes), .malformed, ["suspect", "axis", word])
    }
  }

  private static func value(
    _ type: String, _ word: String, _ attributes: [Part], _ others: [String] = [], _ initializers: [Part] = [],
    opset: Int = 17
  ) -> Refusal {
    Refusal(
      "\(type) \(word)", .malformed, "suspect", type, word,
      model: M.of(type, others, attributes, initializers, opset: opset))
  }

  private static let values: [Refusal] = [
    value("Softmax", "axis 4", [M.int("axis", 4)]), value("Softmax", "axis -5", [M.int("axis", -5)]),
    value("Softmax", "axis \(Int.min)", [M.int("axis", .min)]), value("Flatten", "axis 5", [M.int("axis", 5)]),
    value("ArgMax", "axis 4", [M.int("axis", 4)]), value("Concat", "axis 4", [M.int("axis", 4)]),
    value("Gather", "axis 4", [M.int("axis", 4)], ["i"], [M.integers("i", [0])]),
    value("Split", "axis 4", [M.int("axis", 4)]), value("LpNormalization", "axis", [M.int("axis", 4)]),
    value("LayerNormalization", "axis 9", [M.int("axis", 9)], ["s"], [M.floats("s", [8])]),
    value("ReduceMean", "axis 4", [M.ints("axes", [4])]), value("Squeeze", "axis 1", [M.ints("axes", [1])], opset: 11),
    value("Unsqueeze", "axis 7", [M.ints("axes", [7])], opset: 11), value("Cast", "99", [M.int("to", 99)]),
    value("Cast", "\(Int.max)", [M.int("to", .max)]), value("DepthToSpace", "0", [M.int("blocksize", 0)]),
    value("DepthToSpace", "-2", [M.int("blocksize", -2)]),
    value("DepthToSpace", "\(1 << 40)", [M.int("blocksize", 1 << 40)]),
    value("DepthToSpace", "3", [M.int("blocksize", 2)]),
    value("DepthToSpace", "mode", [M.int("blocksize", 1), M.text("mode", "RCD")]),
    value("SpaceToDepth", "0", [M.int("blocksize", 0)]), value("SpaceToDepth", "3", [M.int("blocksize", 3)]),
    value("LRN", "size", [M.int("size", 0)]), value("LRN", "size", [M.int("size", .max)]),
    value("Transpose", "perm", [M.ints("perm", [0, 1, 1, 3])]), value("Transpose", "perm", [M.ints("perm", [0, 1])]),
    value("Transpose", "perm", [M.ints("perm", [0, 1, 2, 4])]),
    value("Gelu", "approximate", [M.text("approximate", "x")]),
    value("LpNormalization", "p", [M.int("p", 3)]),
    value("GroupNormalization", "groups", [M.int("num_groups", 2)], ["s", "s"], [M.floats("s", [3])], opset: 21),
    value("GroupNormalization", "groups", [M.int("num_groups", 0)], ["s", "s"], [M.floats("s", [3])], opset: 21),
    value("BatchNormalization", "training_mode", [M.int("training_mode", 2)], ["s", "b", "m", "v"], channels),
    value("Split", "num_outputs", [M.int("num_outputs", 3)], opset: 18),
    value("Split", "num_outputs", [M.int("num_outputs", 1)], ["p"], [M.integers("p", [1])], opset: 18),
    value("Pad", "mode", [M.text("mode", "mirror")], ["p"], [M.integers("p", [0, 0, 0, 0, 0, 0, 0, 0])]),
    value("Resize", "mode", [M.text("mode", "area")], ["", "k"], [M.numbers("k", [1, 1, 2, 2])]),
    value("Resize", "nearest_mode", [M.text("nearest_mode", "x")], ["", "k"], [M.numbers("k", [1, 1, 2, 2])]),
    value(
      "Resize", "coordinate_transformation_mode", [M.text("coordinate_transformation_mode", "x")], ["", "k"],
      [M.numbers("k", [1, 1, 2, 2])]),
    value(
      "Resize", "keep_aspect_ratio_policy", [M.text("keep_aspect_ratio_policy", "x")], ["", "k"],
      [M.numbers("k", [1, 1, 2, 2])], opset: 18),
    value("Resize", "axis 4", [M.ints("axes", [4])], ["", "k"], [M.numbers("k", [2])], opset: 18),
    value("QuantizeLinear", "block_size", [M.int("block_size", -1)], ["k"], [M.numbers("k", [1])], opset: 21),
    value("Crop", "border", [M.ints("border", [-1, 0, 0, 0])], opset: 7),
    value("Crop", "scale", [M.ints("border", [0, 0, 0, 0]), M.ints("scale", [0, 1])], opset: 7),
    value("ImageScaler", "bias", [M.floats(of: "bias", [1])], opset: 7),
    value("Einsum", "a->", [M.text("equation", "a->")]), value("Einsum", "->->", [M.text("equation", "abcd->->")]),
  ]

  @Test(arguments: values) func `values beyond what the operator takes are malformed`(refusal: Refusal) {
    refusal.check()
  }

  @Test func `outputs of operators that are not provided are unsupported`() {
    let pool = M(nodes: [M.node("MaxPool", ["x"], ["y", "i"], name: "suspect", Self.kernel)], outputs: ["y", "i"])
    expect(failure(pool.bytes), .unsupported, ["suspect", "MaxPool", "output 2"])
    let unused = M(nodes: [M.node("MaxPool", ["x"], ["y", "i"], Self.kernel)])
    #expect(failure(unused.bytes) == nil)
    #expect(failure(M.of("GlobalAveragePool", x: [1, 2, 3, 4, 5]).bytes) == nil)
    #expect(failure(M.of("MaxPool", [], [M.ints("kernel_shape", [2, 2, 2])], x: [1, 2, 3, 4, 5]).bytes) == nil)
    let beyond = M.of("MaxPool", [], [M.ints("kernel_shape", [2, 2, 2, 2])], x: [1, 2, 3, 4, 5, 6])
    expect(failure(beyond.bytes), .unsupported, ["suspect", "4 spatial axes"])
  }
}
