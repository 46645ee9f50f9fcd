import FoundationEssentials
import Glibc
import ModelFiles
import ONNXFormat
import TestSupport
import Testing

private typealias M = TestModel

/// Bytes that are no message, or one without end.
struct WireFormatTests {
  /// With weights, attributes of several types and a function.
  private static let whole = M(
    nodes: [
      M.node("Conv", ["x", "w"], ["a"], M.all([M.ints("pads", [1, 1, 1, 1]), M.text("auto_pad", "NOTSET")])),
      M.node("LeakyRelu", ["a"], ["b"], M.float("alpha", 0.5)), M.node("f", ["b"], ["y"], domain: "local"),
    ],
    initializers: [M.floats("w", [2, 3, 3, 3])], inModel: M.function("f", [M.node("Relu", ["a"], ["b"])]))

  @Test func `random bytes are never a model`() {
    var numbers = SeededNumbers(1)
    for _ in 0..<4000 {
      var bytes = (0..<numbers.pick(0...200)).map { _ in UInt8(numbers.pick(0...255)) }
      // Half of them begin as models do.
      if numbers.pick(0...1) == 0 { bytes = [0x08, 0x08, 0x3A] + bytes }
      let error = failure(bytes)
      #expect([.malformed, .unsupported, .limit].contains(error?.kind), "\(bytes): \(error as Any)")
    }
  }

  @Test func `a model with random bytes in it is read or refused`() {
    let bytes = Self.whole.bytes
    var numbers = SeededNumbers(2)
    var kinds: Set<ImportError.Kind?> = []
    for _ in 0..<6000 {
      var mutant = bytes
      for _ in 0..<numbers.pick(1...3) { mutant[numbers.pick(0...mutant.count - 1)] = UInt8(numbers.pick(0...255)) }
      kinds.insert(failure(mutant)?.kind)
    }
    #expect(kinds.isSuperset(of: [nil, .malformed, .unsupported]))
  }

  @Test func `a model cut anywhere is malformed or unsupported, and never read`() {
    let bytes = Self.whole.bytes
    #expect(failure(bytes) == nil)
    // Without its functions the model is whole, but calls one that is not there.
    for count in 0..<bytes.count {
      let error = failure(Array(bytes[..<count]))
      #expect(error != nil && [.malformed, .unsupported].contains(error?.kind), "\(count) bytes: \(error as Any)")
    }
  }

  /// Bytes that no message may end in; field 100 is one that no message has.
  private static let broken: [(name: String, bytes: [UInt8])] = [
    ("a key of 11 bytes", [UInt8](repeating: 0x80, count: 10) + [1]),
    ("a number of 11 bytes", [0xA0, 0x06] + [UInt8](repeating: 0x80, count: 10) + [1]),
    ("a number of 65 bits", [0xA0, 0x06] + [UInt8](repeating: 0xFF, count: 9) + [2]),
    ("a number without end", [0xA0, 0x06, 0x80]),
    ("a key without a value", [0xA0, 0x06]),
    ("a length beyond the end", [0xA2, 0x06, 0x05, 0x00]),
    ("a length of 2^63", [0xA2, 0x06] + [UInt8](repeating: 0x80, count: 9) + [1]),
    ("a length of 2^64 - 1", [0xA2, 0x06] + [UInt8](repeating: 0xFF, count: 9) + [1]),
    ("half of a 4-byte number", [0xA5, 0x06, 0, 0]),
    ("half of an 8-byte number", [0xA1, 0x06, 0, 0, 0, 0]),
    ("field 0", [0x00, 0x01]),
    ("field 2^29", WireWriter.varint(1 << 32) + [1]),
    ("wire type 3, a group", [0xA3, 0x06]),
    ("wire type 4, the end of a group", [0xA4, 0x06]),
    ("a group that is closed", [0xA3, 0x06, 0xA4, 0x06]),
    ("wire type 6", [0xA6, 0x06, 0x00]),
    ("wire type 7", [0xA7, 0x06, 0x00]),
  ]

  @Test(arguments: broken.map(\.name), ["model", "graph", "node", "attribute", "tensor", "function", "opset"])
  func `what no message may hold is malformed at every depth`(name: String, place: String) throws {
    let bytes = try #require(Self.broken.first { $0.name == name }).bytes
    let spoil: Part = { $0.raw(bytes) }
    let relu = M.node("Relu", ["x"], ["y"])
    let model =
      switch place {
      case "model": M(nodes: [relu], inModel: spoil)
      case "graph": M(nodes: [relu], inGraph: spoil)
      case "node": M(nodes: [M.all([relu, spoil])])
      case "attribute": M(nodes: [M.all([relu, { $0.message(5, spoil) }])])
      case "tensor": M(nodes: [relu], initializers: [M.all([M.floats("w", [1]), spoil])])
      case "function": M(nodes: [relu], inModel: M.function("f", [], spoil))
      default: M(nodes: [relu], inModel: { $0.message(8, spoil) })
      }
    expect(failure(model.bytes), .malformed, ["model.onnx", "not an ONNX model", "at byte"])
  }

  @Test(
    arguments: [
      ("a version that is text", [0x0A, 0x00]), ("a graph that is a number", [0x08, 0x08, 0x38, 0x01]),
      ("a graph longer than the file", [0x08, 0x08, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
      ("two graphs", [0x08, 0x08, 0x3A, 0x00, 0x3A, 0x00]), ("a float as opset", [0x08, 0x08, 0x45, 0, 0, 0, 0]),
    ] as [(String, [UInt8])])
  func `a field of another kind than its message has is malformed`(name: String, bytes: [UInt8]) {
    expect(failure(bytes), .malformed, ["at byte", "field"])
  }

  @Test func `messages within messages 10 000 deep cost no stack`() {
    let relu = M.node("Relu", ["x"], ["y"])
    for field in [4, 100] {
      let deep = WireWriter.nested(field, depth: 10_000)
      #expect(failure(M(nodes: [relu], inGraph: { $0.data(100, deep) }).bytes) == nil)
      // The type of an input: sequences of sequences.
      let sequence = M(
        nodes: [relu], inputs: [],
        inGraph: { graph in
          graph.message(11) { input in
            input.text(1, "x")
            input.data(2, deep)
          }
        })
      expect(failure(sequence.bytes), .unsupported, ["x", "no tensor"])
    }
  }

  @Test func `a name that is no text is malformed`() {
    for name in [[0x61, 0x00, 0x62], [0xFF, 0xFE], [0xC0, 0x80], [0xED, 0xA0, 0x80]] as [[UInt8]] {
      let model = M(nodes: [
        {
          $0.text(1, "x"); $0.data(2, name); $0.text(4, "Relu")
        }
      ])
      expect(failure(model.bytes), .malformed, ["is not text"])
    }
  }

  @Test func `control characters of names are shown escaped`() {
    let model = M(nodes: [M.node("Relu", ["\u{1B}[31m\n"], ["y"])])
    expect(failure(model.bytes), .malformed, ["\\u{1B}[31m\\n"])
  }
}
