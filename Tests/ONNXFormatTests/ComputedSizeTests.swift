import Graphs
import ModelFiles
import ONNXFormat
import Ops
import Tensors
import TestSupport
import Testing

private typealias M = TestModel

/// Sizes that nodes compute.
struct ComputedSizeTests {
  /// `Reshape` to a size that `nodes` make, as `size`, of the height of the image, `height`.
  private static func reshape(_ nodes: [Part], _ numbers: [(String, [Int])], height: Int = 8) -> M {
    M(
      nodes: [
        M.node("Shape", ["x"], ["shape"]), M.node("Slice", ["shape", "two", "three"], ["height"]),
      ] + nodes + [M.node("Reshape", ["x", "size"], ["y"], name: "suspect")],
      initializers: ([("two", [2]), ("three", [3])] + numbers).map { M.integers($0, $1) },
      inputs: [("x", [1, 3, height, 8])])
  }

  private static func arithmetic(_ type: String, _ number: Int, height: Int = 8) -> M {
    reshape(
      [
        M.node(type, ["height", "n"], ["result"], name: "maker"),
        M.node("Concat", ["result", "rest"], ["size"], M.int("axis", 0)),
      ],
      [("n", [number]), ("rest", [-1])], height: height)
  }

  @Test func `sizes that are computed are used`() throws {
    for (type, number) in [("Div", 2), ("Add", 0), ("Mul", 3), ("Mod", 5)] {
      #expect(failure(Self.arithmetic(type, number).bytes) == nil, "\(type) \(number)")
    }
  }

  @Test(arguments: [
    ("Div", 0), ("Mod", 0), ("Mul", .max), ("Add", .max), ("Sub", .min), ("Mul", 1 << 62), ("Mul", -1), ("Sub", 20),
    ("Mul", 5), ("Pow", 63), ("Pow", 1 << 20),
  ]) func `sizes that divide by zero, overflow or do not fit are malformed`(type: String, number: Int) {
    let error = failure(Self.arithmetic(type, number).bytes)
    expect(error, .malformed, [])
    #expect(
      error?.site == "suspect" || error?.site == "maker" || error?.site.hasPrefix("size") == true, "\(error as Any)")
  }

  @Test(arguments: [("Div", 0), ("Mod", 0), ("Mul", .max), ("Add", .max), ("Mul", 1 << 62)])
  func `the same for an image of open size, when its size is given`(type: String, number: Int) throws {
    let model = Self.arithmetic(type, number, height: 0)
    let result = model.bytes.withUnsafeBytes { bytes in
      Result {
        try importONNX(bytes: bytes, name: "model").graph.specialised(to: ["x": TensorType(.float32, [1, 3, 8, 8])])
      }
    }
    #expect(throws: (any Error).self) { try result.get() }
  }

  @Test(arguments: ["Reshape", "Expand", "Tile", "Resize", "Slice", "Pad", "ConstantOfShape", "Range"])
  func `sizes that depend on pixels are not computed`(type: String) throws {
    let makers = [
      M.node("Cast", ["x"], ["whole"], M.int("to", 7)), M.node("Reshape", ["whole", "minus"], ["v"]),
      M.node("ReduceSum", ["v"], ["n"], M.int("keepdims", 0)), M.node("Concat", ["v", "v"], ["vv"], M.int("axis", 0)),
    ]
    let inputs =
      switch type {
      case "Resize": ["x", "", "", "v"]
      case "Slice": ["x", "v", "v"]
      case "Pad": ["x", "vv"]
      case "ConstantOfShape": ["v"]
      case "Range": ["n", "n", "n"]
      default: ["x", "v"]
      }
    let model = M(
      nodes: makers + [M.node(type, inputs, ["y"], name: "suspect")], initializers: [M.integers("minus", [-1])],
      inputs: [("x", [1, 1, 2, 2])])
    let graph = try model.bytes.withUnsafeBytes { try importONNX(bytes: $0, name: "model.onnx").graph }
    let error = #expect(throws: GraphError.self) { try graph.evaluate(["x": Tensor([1, 1, 2, 2], repeating: 1)]) }
    #expect(error?.site.hasPrefix("suspect") == true && error?.what.contains("depends on the data") == true)
  }

  @Test func `an image enlarged 4096 times is read, but not one enlarged without end`() {
    func enlarged(_ times: Int, _ scale: Float) -> M {
      let names = (0...times).map { $0 == 0 ? "x" : $0 == times ? "y" : "v\($0)" }
      return M(
        nodes: (0..<times).map { M.node("Resize", [names[$0], "", "k"], [names[$0 + 1]], name: "suspect\($0)") },
        initializers: [M.numbers("k", [1, 1, scale, scale])])
    }
    #expect(failure(enlarged(1, 4096).bytes) == nil)
    let error = failure(enlarged(6, 4096).bytes)
    expect(error, error?.kind == .limit ? .limit : .malformed, ["suspect"])
  }
}
