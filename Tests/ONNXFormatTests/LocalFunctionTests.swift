import ModelFiles
import ONNXFormat
import TestSupport
import Testing

private typealias M = TestModel

private func call(_ name: String, _ inputs: [String] = ["a"], _ outputs: [String] = ["b"]) -> Part {
  M.node(name, inputs, outputs, domain: "local", name: name)
}

/// Functions of the model that stand for nodes.
struct LocalFunctionTests {
  private static let relu = M.node("Relu", ["a"], ["b"], name: "inner")

  private static func model(_ functions: [Part], calling name: String = "f", _ more: [Part] = []) -> M {
    M(nodes: [call(name, ["x"], ["y"])] + more, inModel: M.all(functions))
  }

  @Test func `a function stands for its nodes`() throws {
    let function = M.function("f", [M.node("Relu", ["a"], ["c"]), M.node("Neg", ["c"], ["b"])])
    let result = try Self.model([function]).bytes.withUnsafeBytes { try importONNX(bytes: $0, name: "model") }
    #expect(result.description.layers.map(\.className) == ["Relu", "Neg"])
  }

  /// Functions of which each calls the next, `times` times.
  private static func chain(_ count: Int, times: Int) -> M {
    let names = (0...times).map { $0 == 0 ? "a" : $0 == times ? "b" : "v\($0)" }
    let functions = (0..<count).map { place in
      M.function("f\(place)", (0..<times).map { call("f\(place + 1)", [names[$0]], [names[$0 + 1]]) })
    }
    return model(functions + [M.function("f\(count)", [relu])], calling: "f0")
  }

  private static func leaky(_ wanted: String) -> Part {
    M.node("LeakyRelu", ["a"], ["b"], name: "inner", M.attribute("alpha", type: 1) { $0.text(21, wanted) })
  }

  private static let cases: [Refusal] = [
    Refusal("one that calls itself", .malformed, "f", "calls itself", model: model([M.function("f", [call("f")])])),
    Refusal(
      "two that call each other", .malformed, "calls itself",
      model: model([M.function("f", [call("g")]), M.function("g", [call("f")])])),
    Refusal(
      "a thousand in a ring", .limit, "deeper than 64",
      model: model((0..<1000).map { M.function("f\($0)", [call("f\(($0 + 1) % 1000)")]) }, calling: "f0")),
    Refusal("3000 within each other", .limit, "deeper than 64", model: chain(3000, times: 1)),
    Refusal("2^30 nodes", .limit, "more than", model: chain(30, times: 2)),
    Refusal("32^6 nodes", .limit, "more than", model: chain(6, times: 32)),
    Refusal(
      "too many inputs", .malformed, "f", "1 inputs", "with 2",
      model: M(nodes: [call("f", ["x", "x"], ["y"])], inModel: M.function("f", [relu]))),
    Refusal(
      "too many outputs", .malformed, "f", "1 outputs", "2",
      model: M(nodes: [call("f", ["x"], ["y", "z"])], inModel: M.function("f", [relu]))),
    Refusal(
      "too few inputs", .malformed, "f/inner", "input 1",
      model: M(nodes: [call("f", [], ["y"])], inModel: M.function("f", [relu]))),
    Refusal(
      "an attribute that it does not have", .malformed, "inner", "alpha", "slope", "function f",
      model: model([M.function("f", [leaky("slope")])])),
    Refusal(
      "a reference outside of functions", .malformed, "suspect", "alpha",
      model: M.of("LeakyRelu", [], [M.attribute("alpha", type: 1) { $0.text(21, "slope") }])),
    Refusal(
      "one that is not there", .unsupported, "local.nowhere (1)", model: model([M.function("f", [call("nowhere")])])),
    Refusal(
      "two of one name", .malformed, "f", "twice", model: model([M.function("f", [relu]), M.function("f", [relu])])),
    Refusal("an output that it does not make", .malformed, "y", "nothing makes", model: model([M.function("f", [])])),
    Refusal(
      "a value of the graph around it", .malformed, "f/inner", "nothing makes",
      model: model([M.function("f", [M.node("Relu", ["x"], ["b"], name: "inner")])])),
    Refusal(
      "a name made twice", .malformed, "f/", "twice",
      model: model([M.function("f", [relu, M.node("Neg", ["a"], ["b"])])])),
    Refusal(
      "an input that it makes", .malformed, "f/inner", "twice",
      model: model([M.function("f", [M.node("Relu", ["a"], ["a"], name: "inner"), M.node("Neg", ["a"], ["b"])])])),
    Refusal(
      "an operator that is not supported", .unsupported, "Frobnicate (1)",
      model: model([M.function("f", [M.node("Frobnicate", ["a"], ["b"])])])),
  ]

  @Test(arguments: cases) func `functions and calls that cannot be are refused`(refusal: Refusal) { refusal.check() }

  @Test func `an attribute is that of the call, else the default, else left out`() throws {
    let given = M.float("slope", 0.25)
    func slope(_ call: @escaping Part, _ function: @escaping Part) -> ImportError? {
      failure(
        M(
          nodes: [M.node("f", ["x"], ["y"], domain: "local", call)],
          inModel: M.function("f", [Self.leaky("slope")], function)
        ).bytes)
    }
    #expect(slope(given) { $0.text(6, "slope") } == nil)
    #expect(slope({ _ in }) { $0.text(6, "slope") } == nil)
    let text: Part = { function in
      function.message(11) { attribute in
        attribute.text(1, "slope")
        attribute.text(4, "x")
        attribute.int(20, 3)
      }
    }
    #expect(slope(given, text) == nil)
    expect(slope({ _ in }, text), .malformed, ["inner", "alpha"])
  }
}
