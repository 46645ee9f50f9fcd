import ModelFiles
import ONNXFormat
import TestSupport
import Testing

private typealias M = TestModel

/// Versions that are not known, what is more than a graph for inference, and graphs that contradict themselves.
struct HostileModelTests {
  private static let relu = M.node("Relu", ["x"], ["y"], name: "suspect")

  @Test func `a plain model is read`() { #expect(failure(M(nodes: [Self.relu]).bytes) == nil) }

  @Test(arguments: [-1, 0, 1, 2, 21, 999, .max]) func `an IR version that is not known is named`(version: Int) {
    expect(
      failure(M(irVersion: version, nodes: [Self.relu]).bytes), .unsupported, ["IR version \(version)", "3 to 13"])
  }

  @Test(arguments: [-3, 0, 5, 31, 99, .max]) func `an opset that is not known is named`(opset: Int) {
    let model = M(opset: opset, nodes: [Self.relu])
    expect(failure(model.bytes), .unsupported, ["opset \(opset)", "6 to 23", "version_converter"])
    // Of a function as well.
    let function = M.function("f", [M.node("Relu", ["a"], ["b"])]) { $0.message(9) { $0.int(2, opset) } }
    let calling = M(nodes: [M.node("f", ["x"], ["y"], domain: "local", name: "suspect")], inModel: function)
    expect(failure(calling.bytes), .unsupported, ["suspect", "opset \(opset)"])
  }

  @Test func `opsets that are known are read`() {
    for opset in [6, 7, 13, 23, 24] { #expect(failure(M(opset: opset, nodes: [Self.relu]).bytes) == nil) }
  }

  private static let beyond: [Refusal] = [
    Refusal("no opset", .unsupported, "does not say which version", model: M(opset: nil, nodes: [relu])),
    Refusal(
      "an opset of another domain only", .unsupported, "does not say which version",
      model: M(
        opset: nil, nodes: [relu],
        inModel: {
          $0.message(8) {
            $0.text(1, "ai.onnx.ml")
            $0.int(2, 3)
          }
        })),
    Refusal("training", .unsupported, "trained", model: M(nodes: [relu], inModel: { $0.message(20) { _ in } })),
    Refusal("sparse weights", .unsupported, "sparse", model: M(nodes: [relu], inGraph: { $0.message(15) { _ in } })),
    Refusal(
      "a sparse constant", .unsupported, "suspect", "sparse_value",
      model: M(nodes: [M.node("Constant", [], ["y"], name: "suspect", M.attribute("sparse_value", type: 11) { _ in })])),
    Refusal(
      "operators of another domain", .unsupported, "com.microsoft.Gelu (1)",
      model: M(nodes: [M.node("Gelu", ["x"], ["y"], domain: "com.microsoft")])),
    Refusal(
      "an operator that does not exist", .unsupported, "Frobnicate (1)",
      model: M(nodes: [M.node("Frobnicate", ["x"], ["y"])])),
    Refusal(
      "an input that is no tensor", .unsupported, "x", "no tensor",
      model: M(nodes: [relu], inputs: [], inGraph: { $0.message(11) { $0.text(1, "x") } })),
  ]

  @Test(arguments: beyond) func `what is more than a graph for inference is unsupported`(refusal: Refusal) {
    refusal.check()
  }

  @Test func `a file without a graph is unsupported`() {
    expect(failure([0x08, 0x08, 0x42, 0x02, 0x10, 0x11]), .unsupported, ["no graph"])
  }

  @Test func `all unsupported operators are named with their counts`() {
    let body: Part = M.attribute("then_branch", type: 5) { $0.message(6) { $0.text(2, "graph") } }
    let model = M(nodes: [
      M.node("Gelu", ["x"], ["a"], domain: "com.microsoft"), M.node("If", ["a"], ["b"], body),
      M.node("Loop", ["b"], ["c"]), M.node("If", ["c"], ["y"]),
    ])
    let error = failure(model.bytes)
    #expect(error?.kind == .unsupported)
    #expect(error?.what == "uses operators that are not supported: If (2), Loop (1), com.microsoft.Gelu (1)")
  }

  /// The bytes of an attribute of graphs within the bodies of nodes of graphs.
  private static func nestedBody(_ depth: Int) -> [UInt8] {
    // GraphProto.node, NodeProto.attribute, AttributeProto.g, from the inside out and so from the end.
    var reversed: [UInt8] = []
    for level in 0..<3 * depth {
      reversed += WireWriter.varint(UInt64(reversed.count)).reversed()
      reversed.append([0x2A, 0x0A, 0x32][level % 3])
    }
    return reversed.reversed()
  }

  @Test(arguments: ["If", "Loop", "Scan"]) func `operators with graphs nested 1000 deep are named`(type: String) {
    let body = M.attribute("body", type: 5) { $0.raw(Self.nestedBody(1000)) }
    expect(failure(M(nodes: [M.node(type, ["x"], ["y"], body)]).bytes), .unsupported, ["\(type) (1)"])
  }

  private static let contradictions: [Refusal] = [
    Refusal(
      "two producers", .malformed, "second", "y", "twice",
      model: M(nodes: [relu, M.node("Relu", ["x"], ["y"], name: "second")])),
    Refusal(
      "one node that makes a name twice", .malformed, "suspect", "y", "twice",
      model: M(nodes: [M.node("Split", ["x"], ["y", "y"], name: "suspect")])),
    Refusal(
      "a name that nothing makes", .malformed, "suspect", "nowhere",
      model: M(nodes: [M.node("Relu", ["nowhere"], ["y"], name: "suspect")])),
    Refusal(
      "a cycle", .malformed, "first, second", "cycle",
      model: M(nodes: [
        M.node("Add", ["x", "b"], ["y"], name: "first"), M.node("Relu", ["y"], ["b"], name: "second"),
      ])),
    Refusal(
      "a node that reads what it makes", .malformed, "suspect", "cycle",
      model: M(nodes: [M.node("Add", ["x", "y"], ["y"], name: "suspect")])),
    Refusal("an output that nothing makes", .malformed, "nowhere", model: M(nodes: [relu], outputs: ["nowhere"])),
    Refusal("an output without a name", .malformed, "output", model: M(nodes: [relu], outputs: [""])),
    Refusal(
      "a node without outputs", .malformed, "suspect", "no output",
      model: M(nodes: [relu, M.node("Relu", ["x"], [], name: "suspect")])),
    Refusal(
      "a node whose outputs have no names", .malformed, "suspect", "no output",
      model: M(nodes: [relu, M.node("Relu", ["x"], [""], name: "suspect")])),
    Refusal(
      "an initializer that a node makes too", .malformed, "suspect", "y", "twice",
      model: M(nodes: [relu], initializers: [M.floats("y", [1])])),
    Refusal(
      "an input that a node makes too", .malformed, "suspect", "x", "twice",
      model: M(nodes: [M.node("Relu", ["x"], ["x"], name: "suspect")])),
    Refusal(
      "a node without an operator", .malformed, "suspect", "does not name its operator",
      model: M(nodes: [M.node("", ["x"], ["y"], name: "suspect")])),
    Refusal(
      "two initializers of one name", .malformed, "w", "twice",
      model: M(nodes: [relu], initializers: [M.floats("w", [1]), M.floats("w", [1])])),
    Refusal(
      "an initializer without a name", .malformed, "initializer", "no name",
      model: M(nodes: [relu], initializers: [M.floats("", [1])])),
    Refusal(
      "two inputs of one name", .malformed, "x", "twice", model: M(nodes: [relu], inputs: [("x", [1]), ("x", [1])])),
    Refusal(
      "too few inputs", .malformed, "suspect", "Add", "input 2",
      model: M(nodes: [M.node("Add", ["x"], ["y"], name: "suspect")])),
    Refusal(
      "an input of rank 9", .malformed, "x", "9 dimensions",
      model: M(nodes: [relu], inputs: [("x", [Int](repeating: 1, count: 9))])),
    Refusal("an input too large", .malformed, "x", "too large", model: M(nodes: [relu], inputs: [("x", [1 << 40])])),
  ]

  @Test(arguments: contradictions) func `a graph that contradicts itself is malformed`(refusal: Refusal) {
    refusal.check()
  }

  @Test func `nodes may stand in any order`() {
    let model = M(nodes: [M.node("Relu", ["a"], ["y"]), M.node("Relu", ["x"], ["a"])])
    #expect(failure(model.bytes) == nil)
  }
}
