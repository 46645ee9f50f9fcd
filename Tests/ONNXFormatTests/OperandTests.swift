import ModelFiles
import ONNXFormat
import TestSupport
import Testing

private typealias M = TestModel

/// Sizes, indices and scales that operators take as inputs and cannot take.
struct OperandTests {
  /// A node whose second input is a vector of integers.
  private static func integers(
    _ type: String, _ values: [Int], _ kind: ImportError.Kind = .malformed, _ attributes: [Part] = [], opset: Int = 17,
    isScalar: Bool = false
  ) -> Refusal {
    Refusal(
      "\(type) \(values)", kind, "suspect", type,
      model: M.of(type, ["v"], attributes, [M.integers("v", values, isScalar: isScalar)], opset: opset))
  }

  private static let shapes: [Refusal] = [
    integers("Reshape", [-1, -1]), integers("Reshape", [7, 5]), integers("Reshape", [-2]),
    integers("Reshape", [5, -1]),
    integers("Reshape", [1 << 31, 1 << 31, 4]), integers("Reshape", [.max, -1]), integers("Reshape", [.min]),
    integers("Reshape", [0, 0, 0, 0, 0]), integers("Reshape", [0, -1], .malformed, [M.int("allowzero", 1)]),
    integers("Expand", [1 << 40]), integers("Expand", [5]), integers("Expand", [-1]), integers("Expand", [.max, .max]),
    integers("Expand", [1_000_000, 1_000_000, 1000, 3, 8, 8]),
    integers("Tile", [1, 1, 1 << 30, 1 << 30]), integers("Tile", [1_000_000_000, 1, 1, 1]), integers("Tile", [2]),
    integers("Tile", [1, 1, 1, -1]), integers("Tile", [.max, .max, .max, .max]),
    integers("Squeeze", [1]), integers("Squeeze", [4]), integers("Unsqueeze", [0, 0]), integers("Unsqueeze", [9]),
    integers("Split", [2, 2]), integers("Split", [-1, 2]), integers("Split", [.max, .max]),
    integers("Pad", [1, 1]), integers("Pad", [.max, 0, 0, 0, .max, 0, 0, 0]),
    integers("Pad", [0, 0, -5, 0, 0, 0, -5, 0]),
    integers("Pad", [.min, 0, 0, 0, 0, 0, 0, 0]),
    integers("ReduceMean", [4], opset: 18), integers("ReduceSum", [-5]), integers("ReduceMax", [0, 0], opset: 18),
    integers("CumSum", [4], isScalar: true), integers("CumSum", [.min], isScalar: true),
    integers("Gather", [1]), integers("Gather", [-2]), integers("Gather", [.max]),
  ]

  @Test(arguments: shapes) func `shapes and indices that do not fit are errors before memory is taken`(refusal: Refusal)
  {
    refusal.check()
  }

  /// `ConstantOfShape` and `Range`, which read no image.
  @Test(arguments: [
    [1_000_000_000_000], [1 << 30, 1 << 30], [-1], [.max, .max, .max], [.min],
  ]) func `a fill without end is an error before memory is taken`(dims: [Int]) {
    let model = M(
      nodes: [M.node("ConstantOfShape", ["s"], ["y"], name: "suspect")], initializers: [M.integers("s", dims)])
    let error = failure(model.bytes)
    expect(error, error?.kind == .limit ? .limit : .malformed, ["suspect", "ConstantOfShape"])
  }

  @Test(arguments: [[0, 10, 0], [0, 1_000_000_000_000, 1], [.min, .max, 1], [0, .max, 1]])
  func `a sequence without end is an error before memory is taken`(numbers: [Int]) {
    let names = ["a", "b", "c"]
    let model = M(
      nodes: [M.node("Range", names, ["y"], name: "suspect")],
      initializers: zip(names, numbers).map { M.integers($0, [$1], isScalar: true) })
    let error = failure(model.bytes)
    expect(error, error?.kind == .limit ? .limit : .malformed, ["suspect", "Range"])
  }

  private static func slice(_ starts: [Int], _ ends: [Int], axes: [Int], steps: [Int]) -> M {
    M.of(
      "Slice", ["s", "e", "a", "t"], [],
      [M.integers("s", starts), M.integers("e", ends), M.integers("a", axes), M.integers("t", steps)])
  }

  private static let slices: [Refusal] = [
    Refusal("step 0", .malformed, "suspect", "step", model: slice([0], [1], axes: [2], steps: [0])),
    Refusal("axis 4", .malformed, "suspect", "axis 4", model: slice([0], [1], axes: [4], steps: [1])),
    Refusal("axis -5", .malformed, "suspect", "axis -5", model: slice([0], [1], axes: [-5], steps: [1])),
    Refusal(
      "an axis twice", .malformed, "suspect", "Slice", model: slice([0, 0], [1, 1], axes: [2, 2], steps: [1, 1])),
    Refusal("more ends than starts", .malformed, "suspect", "ends", model: slice([0], [1, 1], axes: [2], steps: [1])),
    Refusal("more axes than starts", .malformed, "suspect", "axes", model: slice([0], [1], axes: [2, 3], steps: [1])),
    Refusal(
      "more steps than starts", .malformed, "suspect", "steps", model: slice([0], [1], axes: [2], steps: [1, 1])),
  ]

  @Test(arguments: slices) func `slices that do not exist are malformed`(refusal: Refusal) { refusal.check() }

  @Test func `the bounds of a slice are cut to the axis`() {
    for (start, end, step) in [(Int.min, Int.max, 1), (.max, .min, -1), (0, .max, .max), (.max, .min, .min)] {
      #expect(failure(Self.slice([start], [end], axes: [2], steps: [step]).bytes) == nil, "\(start) \(end) \(step)")
    }
  }

  @Test(arguments: [0, -1, -0.0, 1e9, 1e38, .nan, .infinity, -.infinity] as [Float])
  func `scales that make no image are malformed`(scale: Float) {
    let scales = M.numbers("k", [1, 1, scale, scale])
    let numbers = [1, 1, scale, scale]
    for (type, model) in [
      ("Resize", M.of("Resize", ["", "k"], [], [scales])), ("Resize", M.of("Resize", ["k"], [], [scales], opset: 10)),
      ("Upsample", M.of("Upsample", ["k"], [], [scales], opset: 9)),
      ("Upsample", M.of("Upsample", [], [M.floats(of: "scales", numbers)], opset: 8)),
      ("Upsample", M.of("Upsample", [], [M.float("height_scale", scale), M.float("width_scale", 1)], opset: 6)),
    ] {
      expect(failure(model.bytes), .malformed, ["suspect", type, "scale"])
    }
  }

  private static let sizes: [Refusal] = [
    Refusal(
      "sizes of 0", .malformed, "suspect", "sizes",
      model: M.of("Resize", ["", "", "v"], [], [M.integers("v", [1, 3, 0, 8])])),
    Refusal(
      "sizes without end", .malformed, "suspect", "sizes",
      model: M.of("Resize", ["", "", "v"], [], [M.integers("v", [1, 3, .max, 8])])),
    Refusal(
      "two sizes of four", .malformed, "suspect", "4",
      model: M.of("Resize", ["", "", "v"], [], [M.integers("v", [8, 8])])),
    Refusal(
      "scales and sizes", .malformed, "suspect", "either",
      model: M.of(
        "Resize", ["", "k", "v"], [], [M.numbers("k", [1, 1, 2, 2]), M.integers("v", [1, 3, 16, 16])])),
    Refusal("neither", .malformed, "suspect", "either", model: M.of("Resize")),
    Refusal(
      "a depth of 0", .malformed, "suspect", "depth",
      model: M.of("OneHot", ["d", "v"], [], [M.integers("d", [0], isScalar: true), M.integers("v", [0, 1])])),
    Refusal(
      "a depth without end", .malformed, "suspect", "depth",
      model: M.of("OneHot", ["d", "v"], [], [M.integers("d", [.max], isScalar: true), M.integers("v", [0, 1])])),
    Refusal(
      "bounds of another type", .malformed, "suspect", "bounds",
      model: M.of("Clip", ["v"], [], [M.integers("v", [0], isScalar: true)])),
  ]

  @Test(arguments: sizes) func `sizes that make no image are malformed`(refusal: Refusal) { refusal.check() }

  private static let weights: [Refusal] = [
    Refusal("ranks that differ", .malformed, "suspect", "Concat", model: other("Concat", [3], [M.int("axis", 1)])),
    Refusal(
      "sizes that differ", .malformed, "suspect", "Concat", model: other("Concat", [1, 3, 8, 7], [M.int("axis", 1)])),
    Refusal("axes that do not repeat", .malformed, "suspect", "Add", model: other("Add", [5])),
    Refusal("conditions that do not repeat", .malformed, "suspect", "Max", model: other("Max", [2, 1, 1])),
    Refusal("rows that differ from columns", .malformed, "suspect", "MatMul", model: other("MatMul", [7, 3])),
    Refusal("an empty axis", .malformed, "suspect", "Conv", model: other("Conv", [0, 3, 1, 1])),
    Refusal("weights of rank 3", .malformed, "suspect", "Conv", "4 dimensions", model: other("Conv", [3, 3, 3])),
    Refusal(
      "weights for other channels", .malformed, "suspect", "Conv", "2 input channels",
      model: other("Conv", [4, 2, 1, 1])),
    Refusal("a kernel larger than the image", .malformed, "suspect", "Conv", model: other("Conv", [1, 3, 9, 9])),
    Refusal(
      "a bias of another size", .malformed, "suspect", "Conv", "bias",
      model: M.of("Conv", ["w", "b"], [], [M.floats("w", [4, 3, 1, 1]), M.floats("b", [3])])),
    Refusal(
      "statistics of other channels", .malformed, "suspect", "BatchNormalization", "scale",
      model: M.of("BatchNormalization", ["w", "w", "w", "w"], [], [M.floats("w", [4])])),
    Refusal("a slope that does not repeat", .malformed, "suspect", "PRelu", model: other("PRelu", [2])),
    Refusal(
      "matrices that do not fit", .malformed, "suspect", "Gemm",
      model: M.of("Gemm", ["w"], [], [M.floats("w", [7, 3])], x: [2, 8])),
    Refusal("no matrix", .malformed, "suspect", "Gemm", "matrices", model: other("Gemm", [8, 3])),
  ]

  private static func other(_ type: String, _ dims: [Int], _ attributes: [Part] = []) -> M {
    M.of(type, ["w"], attributes, [M.floats("w", dims)])
  }

  @Test(arguments: weights) func `weights that do not fit their operator are malformed`(refusal: Refusal) {
    refusal.check()
  }
}
