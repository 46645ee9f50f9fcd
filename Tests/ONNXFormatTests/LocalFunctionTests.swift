import ModelFiles
import ONNXFormat
import Testing

private func function(_ name: String, _ nodes: [Part]) -> Part {
  { model in
    model.message(25) { function in
      function.text(1, name)
      function.text(4, "a")
      function.text(5, "b")
      for node in nodes { function.message(7, node) }
      function.text(10, "local")
    }
  }
}

private func call(_ name: String, _ inputs: [String] = ["a"], _ outputs: [String] = ["b"]) -> Part {
  TestModel.node(name, inputs, outputs, domain: "local", name: name)
}

struct LocalFunctionTests {
  private func model(_ functions: [Part], calling name: String = "f") -> [UInt8] {
    TestModel(nodes: [call(name, ["x"], ["y"])], inModel: { for function in functions { function(&$0) } }).bytes
  }

  @Test func `a function stands for its nodes`() throws {
    let bytes = model([function("f", [TestModel.node("Relu", ["a"], ["c"]), TestModel.node("Neg", ["c"], ["b"])])])
    let result = try bytes.withUnsafeBytes { try importONNX(bytes: $0, name: "model") }
    #expect(result.metadata.layers.map(\.type) == ["Relu", "Neg"])
  }

  @Test func `functions that call themselves are malformed`() {
    #expect(failure(model([function("f", [call("f")])]))?.kind == .malformed)
    #expect(failure(model([function("f", [call("g")]), function("g", [call("f")])]))?.kind == .malformed)
  }

  @Test func `functions that call each other too deeply are a limit`() {
    let functions = (0..<3000).map { function("f\($0)", [call("f\($0 + 1)")]) }
    #expect(failure(model(functions, calling: "f0"))?.kind == .limit)
  }

  @Test func `functions that grow without end are a limit`() {
    let functions = (0..<30).map { place in
      function(
        "f\(place)",
        [
          call("f\(place + 1)", ["a"], ["c"]), TestModel.node("Relu", ["c"], ["d"]),
          call("f\(place + 1)", ["d"], ["b"]),
        ])
    }
    let last = function("f30", [TestModel.node("Relu", ["a"], ["b"])])
    #expect(failure(model(functions + [last], calling: "f0"))?.kind == .limit)
  }

  @Test func `a call with too many inputs, and an attribute that is not there, are malformed`() {
    let relu = TestModel.node("Relu", ["a"], ["b"])
    let many = TestModel(nodes: [call("f", ["x", "x"], ["y"])], inModel: function("f", [relu]))
    #expect(failure(many.bytes)?.kind == .malformed)
    let leaky = TestModel.node("LeakyRelu", ["a"], ["b"]) { node in
      node.message(5) { attribute in
        attribute.text(1, "alpha")
        attribute.int(20, 1)
        attribute.text(21, "slope")
      }
    }
    #expect(failure(model([function("f", [leaky])]))?.kind == .malformed)
  }
}
