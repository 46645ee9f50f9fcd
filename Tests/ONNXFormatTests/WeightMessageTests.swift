import ModelFiles
import ONNXFormat
import TestSupport
import Testing

private typealias M = TestModel

/// Tensors whose messages contradict themselves.
struct WeightMessageTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: ImportError.Kind
    let word: String
    let tensor: Part

    init(_ name: String, _ kind: ImportError.Kind, _ word: String, tensor: @escaping Part) {
      (testDescription, self.kind, self.word, self.tensor) = (name, kind, word, tensor)
    }
  }

  /// A tensor `w` of dimensions and an element type.
  private static func tensor(_ dims: [Int], _ type: Int?, _ data: @escaping Part = { _ in }) -> Part {
    { tensor in
      for dim in dims { tensor.int(1, dim) }
      if let type { tensor.int(2, type) }
      tensor.text(8, "w")
      data(&tensor)
    }
  }

  private static let cases: [Case] = [
    Case("a negative dimension", .malformed, "-1", tensor: M.floats("w", [-1], count: 1)),
    Case("the least of dimensions", .malformed, "-9223372036854775808", tensor: tensor([.min], 1)),
    Case("a product beyond 64 bits", .malformed, "too large", tensor: tensor([1 << 31, 1 << 31, 4], 1)),
    Case("dimensions beyond any tensor", .malformed, "too large", tensor: tensor([1 << 40, 1 << 40], 1)),
    Case("a zero before a product beyond 64 bits", .malformed, "too large", tensor: tensor([0, .max, .max], 1)),
    Case("nine dimensions", .malformed, "9 dimensions", tensor: tensor([1, 1, 1, 1, 1, 1, 1, 1, 1], 1)),
    Case("more than memory is given", .limit, "bytes", tensor: tensor([1 << 20, 1 << 14], 1)),
    Case("fewer bytes than the shape", .malformed, "20 bytes", tensor: M.floats("w", [2, 3], count: 5)),
    Case("more bytes than the shape", .malformed, "28 bytes", tensor: M.floats("w", [2, 3], count: 7)),
    Case("an odd number of bytes", .malformed, "3 bytes", tensor: tensor([1], 1) { $0.data(9, [0, 0, 0]) }),
    Case("no data", .malformed, "0 elements", tensor: tensor([2], 1)),
    Case("fewer numbers than the shape", .malformed, "1 elements", tensor: tensor([2], 1) { $0.float(4, 1) }),
    Case("bytes and numbers", .malformed, "twice", tensor: M.all([M.floats("w", [1]), { $0.float(4, 1) }])),
    Case(
      "two lists of numbers", .malformed, "twice",
      tensor: tensor([1], 1) {
        $0.float(4, 1)
        $0.int(7, 1)
      }),
    Case("numbers in the list of another type", .malformed, "int64_data", tensor: tensor([1], 1) { $0.int(7, 1) }),
    Case("element type 99", .malformed, "99", tensor: tensor([1], 99) { $0.data(9, [0, 0, 0, 0]) }),
    Case("element type -1", .malformed, "-1", tensor: tensor([1], -1)),
    Case("element type 0", .malformed, "0", tensor: tensor([1], 0)),
    Case("no element type", .malformed, "0", tensor: tensor([1], nil)),
    Case("text", .malformed, "string", tensor: tensor([1], 8) { $0.data(6, [65]) }),
    Case("complex numbers", .unsupported, "complex", tensor: tensor([1], 14) { $0.data(9, [0, 0, 0, 0, 0, 0, 0, 0]) }),
    Case("numbers beyond their type", .malformed, "beyond", tensor: tensor([1], 3) { $0.int(5, 300) }),
    Case(
      "unsigned numbers beyond what carries them", .unsupported, "above", tensor: tensor([1], 13) { $0.int(11, -1) }),
    Case(
      "a place that does not exist", .malformed, "place 7",
      tensor: M.all([M.floats("w", [1]), { $0.int(14, 7) }])),
    Case(
      "data here and elsewhere", .malformed, "both",
      tensor: M.all([M.external("w", [1], [("location", "w.bin")]), { $0.data(9, [0, 0, 0, 0]) }])),
  ]

  @Test(arguments: cases) func `weights that contradict themselves are refused by name`(test: Case) {
    let model = M(nodes: [M.node("Add", ["x", "w"], ["y"])], initializers: [test.tensor])
    expect(failure(model.bytes), test.kind, ["initializer w: ", test.word])
  }

  @Test(arguments: cases) func `the same in an attribute names the node`(test: Case) {
    let model = M(nodes: [M.node("Constant", [], ["y"], name: "suspect", M.tensor("value", test.tensor))])
    expect(failure(model.bytes), test.kind, ["suspect", test.word])
  }
}
