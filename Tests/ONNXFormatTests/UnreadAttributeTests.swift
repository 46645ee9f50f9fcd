import Graphs
import ModelFiles
import ONNXFormat
import Tensors
import TestSupport
import Testing

private typealias M = TestModel

/// No attribute is left out in silence.
struct UnreadAttributeTests {
  @Test(arguments: ONNXSupport.operators.flatMap(\.names))
  func `an attribute that the operator does not have is malformed`(type: String) {
    for opset in [6, 17, 23] {
      let model = M.of(type, [], [M.int("frobnicate", 1), M.text("twiddle", "x")], opset: opset)
      expect(failure(model.bytes), .malformed, ["suspect", type, "frobnicate, twiddle", "opset \(opset)"])
    }
  }

  /// A model of one attribute more, and the opsets in which the operator has it.
  private static let versions: [(type: String, name: String, with: Int, without: Int, model: @Sendable (Int) -> M)] = [
    ("Clip", "min", 10, 11, { M.of("Clip", [], [M.float("min", 0)], opset: $0) }),
    ("ReduceMean", "axes", 17, 18, { M.of("ReduceMean", [], [M.ints("axes", [1])], opset: $0) }),
    ("ReduceSum", "axes", 12, 13, { M.of("ReduceSum", [], [M.ints("axes", [1])], opset: $0) }),
    ("Squeeze", "axes", 12, 13, { M.of("Squeeze", [], [M.ints("axes", [0])], opset: $0) }),
    ("Split", "split", 12, 13, { M.of("Split", [], [M.ints("split", [1])], opset: $0) }),
    (
      "Slice", "starts", 9, 10,
      {
        M.of(
          "Slice", $0 < 10 ? [] : ["s", "s"], [M.ints("starts", [0]), M.ints("ends", [1])], [M.integers("s", [0])],
          opset: $0)
      }
    ),
    ("Add", "broadcast", 6, 7, { M.of("Add", ["x"], [M.int("broadcast", 0)], opset: $0) }),
    (
      "AveragePool", "dilations", 19, 18,
      {
        M.of("AveragePool", [], [M.ints("kernel_shape", [2, 2]), M.ints("dilations", [2, 2])], opset: $0)
      }
    ),
    ("Shape", "start", 15, 14, { M.of("Shape", [], [M.int("start", 1)], opset: $0) }),
    (
      "Upsample", "height_scale", 6, 7,
      {
        M.of("Upsample", [], [M.float("height_scale", 2), M.float("width_scale", 2)], opset: $0)
      }
    ),
    (
      "Resize", "antialias", 18, 17,
      {
        M.of("Resize", ["", "k"], [M.int("antialias", 1)], [M.numbers("k", [1, 1, 2, 2])], opset: $0)
      }
    ),
  ]

  @Test(arguments: versions.indices) func `an attribute of another version is malformed`(index: Int) {
    let test = Self.versions[index]
    #expect(failure(test.model(test.with).bytes) == nil, "\(test.type)")
    expect(
      failure(test.model(test.without).bytes), .malformed, ["suspect", test.type, test.name, "opset \(test.without)"])
  }

  private static let zero = M.integers("z", [0], isScalar: true)
  private static let scale = M.numbers("k", [1])
  private static let three = M.floats("s", [3])

  private static let effective: [Refusal] = [
    Refusal(
      "statistics in double precision", .unsupported, "suspect", "LayerNormalization", "stash_type", "float64",
      model: M.of("LayerNormalization", ["s"], [M.int("stash_type", 11)], [M.floats("s", [8])])),
    Refusal(
      "groups in double precision", .unsupported, "suspect", "GroupNormalization", "stash_type",
      model: M.of(
        "GroupNormalization", ["s", "s"], [M.int("num_groups", 3), M.int("stash_type", 11)], [three], opset: 21)),
    Refusal(
      "quotients in double precision", .unsupported, "suspect", "QuantizeLinear", "precision",
      model: M.of("QuantizeLinear", ["k"], [M.int("precision", 11)], [scale], opset: 23)),
    Refusal(
      "another type than the zero point's", .malformed, "suspect", "QuantizeLinear", "output_dtype",
      model: M.of(
        "QuantizeLinear", ["k", "z"], [M.int("output_dtype", 3)],
        [
          scale,
          {
            $0.int(2, 2)
            $0.text(8, "z")
            $0.data(9, [0])
          },
        ], opset: 21)),
    Refusal(
      "blocks in another order", .unsupported, "suspect", "SpaceToDepth", "mode",
      model: M.of("SpaceToDepth", [], [M.int("blocksize", 2), M.text("mode", "CRD")], opset: 28)),
    Refusal(
      "a dropout that drops", .unsupported, "suspect", "Dropout", "is_test",
      model: M.of("Dropout", [], [M.int("is_test", 0)], opset: 6)),
    Refusal(
      "a normalization that learns", .unsupported, "suspect", "BatchNormalization", "training_mode",
      model: M.of(
        "BatchNormalization", ["s", "s", "s", "s"], [M.int("training_mode", 1)], [three])),
    Refusal(
      "what later versions may know", .unsupported, "suspect", "Relu", "the attribute frobnicate",
      model: M.of("Relu", [], [M.int("frobnicate", 1)], opset: 30)),
  ]

  @Test(arguments: effective) func `an attribute whose effect is not provided is refused`(refusal: Refusal) {
    refusal.check()
  }

  private static let idle: [(name: String, model: M)] = [
    ("MaxPool.storage_order", .of("MaxPool", [], [M.ints("kernel_shape", [2, 2]), M.int("storage_order", 1)])),
    (
      "BatchNormalization.momentum",
      .of("BatchNormalization", ["s", "s", "s", "s"], [M.float("momentum", 0.5)], [three])
    ),
    (
      "BatchNormalization.spatial",
      .of("BatchNormalization", ["s", "s", "s", "s"], [M.int("spatial", 1)], [three], opset: 8)
    ),
    ("Dropout.ratio", .of("Dropout", [], [M.float("ratio", 0.5)], opset: 10)),
    ("Dropout.is_test", .of("Dropout", [], [M.float("ratio", 0.5), M.int("is_test", 1)], opset: 6)),
    ("Dropout.seed", .of("Dropout", [], [M.int("seed", 1)])),
    ("Cast.saturate", .of("Cast", [], [M.int("to", 6), M.int("saturate", 0)], opset: 19)),
    ("Cast.round_mode", .of("Cast", [], [M.int("to", 6), M.text("round_mode", "down")], opset: 24)),
    ("CastLike.saturate", .of("CastLike", ["x"], [M.int("saturate", 0)], opset: 19)),
    ("QuantizeLinear.saturate", .of("QuantizeLinear", ["k"], [M.int("saturate", 0)], [scale], opset: 19)),
    ("QuantizeLinear.axis", .of("QuantizeLinear", ["k"], [M.int("axis", 1)], [scale])),
    ("QuantizeLinear.precision", .of("QuantizeLinear", ["k"], [M.int("precision", 1)], [scale], opset: 23)),
    ("LayerNormalization.stash_type", .of("LayerNormalization", ["s"], [M.int("stash_type", 1)], [M.floats("s", [8])])),
    (
      "Gemm.broadcast",
      .of("Gemm", ["w", "s"], [M.int("broadcast", 1)], [M.floats("w", [8, 3]), three], opset: 6, x: [2, 8])
    ),
    ("Add.axis", .of("Add", ["x"], [M.int("axis", 1), M.int("broadcast", 0)], opset: 6)),
    (
      "ReduceMean.noop", .of("ReduceMean", ["a"], [M.int("noop_with_empty_axes", 1)], [M.integers("a", [1])], opset: 18)
    ),
    ("a program's own", .of("Relu", [], [M.text("__note", "x")])),
  ]

  @Test(arguments: idle.indices) func `an attribute without influence is no error`(index: Int) {
    #expect(failure(Self.idle[index].model.bytes) == nil, "\(Self.idle[index].name)")
  }

  @Test func `the scales of opset 6 are two numbers`() throws {
    let model = M.of("Upsample", [], [M.float("height_scale", 2), M.float("width_scale", 3)], opset: 6)
    let graph = try model.bytes.withUnsafeBytes { try importONNX(bytes: $0, name: "model") }.graph
    #expect(graph[graph.outputs[0].value].dims == [1, 3, 16, 24])
  }

  @Test func `an attribute that a function does not have is malformed`() {
    func calling(_ more: @escaping Part) -> [UInt8] {
      M(
        nodes: [M.node("f", ["x"], ["y"], domain: "local", name: "suspect", M.int("depth", 1))],
        inModel: M.function("f", [M.node("Relu", ["a"], ["b"])], more)
      ).bytes
    }
    expect(failure(calling { _ in }), .malformed, ["suspect", "depth", "function f"])
    #expect(failure(calling { $0.text(6, "depth") }) == nil)
  }
}
