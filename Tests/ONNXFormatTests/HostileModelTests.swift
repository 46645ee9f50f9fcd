import Graphs
import ModelFiles
import ONNXFormat
import Testing

/// The kind of error that a model ends in; nil where it is read.
func failure(_ bytes: [UInt8]) -> ImportError? {
  bytes.withUnsafeBytes { buffer in
    do throws(ImportError) {
      _ = try importONNX(bytes: buffer, name: "model.onnx")
      return nil
    } catch { return error }
  }
}

private let relu = TestModel.node("Relu", ["x"], ["y"], name: "relu")

struct HostileModelTests {
  @Test func `a plain model is read`() {
    #expect(failure(TestModel(nodes: [relu]).bytes) == nil)
  }

  @Test func `a model cut anywhere is malformed or unsupported, and never read`() {
    let bytes = TestModel(nodes: [relu], initializers: [TestModel.floats("w", [3])]).bytes
    for count in 0..<bytes.count {
      let error = failure(Array(bytes[..<count]))
      #expect(error != nil && [.malformed, .unsupported].contains(error?.kind), "\(count) bytes: \(error as Any)")
    }
  }

  @Test(
    arguments: [
      [0x08, 0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],  // a key of 11 bytes
      [0x08, 0x08, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],  // a graph longer than the file
      [0x00, 0x01],  // field 0
      [0x08, 0x08, 0x0B, 0x0C],  // a group
      [0x08, 0x08, 0x3C], [0x08, 0x08, 0x3E, 0x00], [0x08, 0x08, 0x3F, 0x00],
      [0x0A, 0x00],  // a version that is text
    ] as [[UInt8]]) func `bytes that are no message are malformed`(bytes: [UInt8])
  {
    #expect(failure(bytes)?.kind == .malformed)
  }

  @Test func `versions that are not known are unsupported`() {
    for ir in [0, 1, 2, 999, -1] {
      #expect(failure(TestModel(irVersion: ir, nodes: [relu]).bytes)?.kind == .unsupported)
    }
    for opset in [nil, 0, 5, 99, -3] as [Int?] {
      #expect(failure(TestModel(opset: opset, nodes: [relu]).bytes)?.kind == .unsupported, "\(opset as Any)")
    }
    for opset in [6, 7, 13, 23, 24] { #expect(failure(TestModel(opset: opset, nodes: [relu]).bytes) == nil) }
  }

  @Test func `training, sparse weights, and a file without a graph are unsupported`() {
    #expect(failure(TestModel(nodes: [relu], inModel: { $0.message(20) { _ in } }).bytes)?.kind == .unsupported)
    #expect(failure(TestModel(nodes: [relu], inGraph: { $0.message(15) { _ in } }).bytes)?.kind == .unsupported)
    #expect(failure([0x08, 0x08, 0x42, 0x02, 0x10, 0x11])?.kind == .unsupported)
  }

  @Test func `all unsupported operators are named with their counts`() {
    let body: Part = { node in
      node.message(5) { attribute in
        attribute.text(1, "then_branch")
        attribute.message(6) { $0.text(2, "graph") }
        attribute.int(20, 5)
      }
    }
    let model = TestModel(nodes: [
      TestModel.node("Gelu", ["x"], ["a"], domain: "com.microsoft"),
      TestModel.node("If", ["a"], ["b"], body), TestModel.node("Loop", ["b"], ["c"]),
      TestModel.node("If", ["c"], ["y"]),
    ])
    let error = failure(model.bytes)
    #expect(error?.kind == .unsupported)
    #expect(error?.what == "uses operators that are not supported: If (2), Loop (1), com.microsoft.Gelu (1)")
  }

  @Test func `names without one producer, and cycles, are malformed`() {
    let models = [
      TestModel(nodes: [relu, TestModel.node("Relu", ["x"], ["y"])]),
      TestModel(nodes: [TestModel.node("Relu", ["z"], ["y"])]),
      TestModel(nodes: [TestModel.node("Add", ["x", "b"], ["y"]), TestModel.node("Relu", ["y"], ["b"])]),
      TestModel(nodes: [relu], outputs: ["z"]),
      TestModel(nodes: [TestModel.node("Relu", ["x"], [])]),
      TestModel(nodes: [relu], initializers: [TestModel.floats("y", [1])]),
      TestModel(nodes: [TestModel.node("", ["x"], ["y"])]),
      TestModel(nodes: [relu], initializers: [TestModel.floats("w", [1]), TestModel.floats("w", [1])]),
    ]
    for (place, model) in models.enumerated() {
      #expect(failure(model.bytes)?.kind == .malformed, "model \(place): \(failure(model.bytes) as Any)")
    }
  }

  @Test func `nodes may stand in any order`() {
    let model = TestModel(nodes: [TestModel.node("Relu", ["a"], ["y"]), TestModel.node("Relu", ["x"], ["a"])])
    #expect(failure(model.bytes) == nil)
  }

  @Test func `weights that contradict themselves are malformed and named`() {
    let broken: [Part] = [
      TestModel.floats("w", [-1], count: 1), TestModel.floats("w", [2, 3], count: 5),
      TestModel.floats("w", [1 << 40, 1 << 40], count: 1),
      {
        TestModel.floats("w", [1])(&$0); $0.float(4, 1)
      },
      {
        $0.int(1, 1); $0.int(2, 99); $0.text(8, "w")
      },
      {
        $0.int(1, 1); $0.text(8, "w")
      },
      {
        $0.int(1, 1); $0.int(2, 1); $0.text(8, "w"); $0.data(9, [0, 0, 0])
      },
      {
        $0.int(1, 1); $0.int(2, 8); $0.data(6, [65]); $0.text(8, "w")
      },
      {
        $0.int(1, 1); $0.int(2, 3); $0.int(5, 300); $0.text(8, "w")
      },
    ]
    for (place, tensor) in broken.enumerated() {
      let model = TestModel(nodes: [TestModel.node("Add", ["x", "w"], ["y"])], initializers: [tensor])
      let error = failure(model.bytes)
      #expect(error?.kind == .malformed && error?.site == "initializer w", "tensor \(place): \(error as Any)")
    }
  }

  @Test func `too many nodes and too long names are limits`() {
    let node = WireWriter.varint(1 << 3 | 2) + [0]
    var graph: [UInt8] = []
    graph.reserveCapacity(20_000_000)
    for _ in 0..<10_000_000 { graph += node }
    var model = WireWriter()
    model.int(1, 8)
    model.data(7, graph)
    #expect(failure(model.bytes)?.kind == .limit)
    let long = String(repeating: "a", count: 2 << 20)
    #expect(failure(TestModel(nodes: [TestModel.node("Relu", ["x"], [long])]).bytes)?.kind == .limit)
    let documented = TestModel(nodes: [relu], inModel: { $0.data(6, [UInt8](repeating: 65, count: 20 << 20)) })
    #expect(failure(documented.bytes)?.kind == .limit)
  }

  @Test func `a name that is no text is malformed`() {
    for name in [[0x61, 0x00, 0x62], [0xFF, 0xFE]] as [[UInt8]] {
      let model = TestModel(nodes: [
        {
          $0.text(1, "x"); $0.data(2, name); $0.text(4, "Relu")
        }
      ])
      #expect(failure(model.bytes)?.kind == .malformed)
    }
  }
}
