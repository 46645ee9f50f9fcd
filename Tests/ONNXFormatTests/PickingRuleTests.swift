import Graphs
import ModelFiles
import ONNXFormat
import Ops
import Tensors
import TestSupport
import Testing

/// Operators that order elements or replace slices.
struct PickingRuleTests {
  private let x = Tensor([1, 3, 2, 2], (0..<12).map { Float($0 * 7 % 12) })

  private func result(_ nodes: [Part], _ initializers: [Part]) throws -> Tensor {
    let model = TestModel(nodes: nodes, initializers: initializers, inputs: [("x", [1, 3, 2, 2])])
    let graph = try model.bytes.withUnsafeBytes { try importONNX(bytes: $0, name: "model") }.graph
    return try graph.evaluate(["x": x])[0]
  }

  private func integers(_ name: String, _ dims: [Int], _ values: [Int]) -> Part {
    { tensor in
      for dim in dims { tensor.int(1, dim) }
      tensor.int(2, 7)
      for value in values { tensor.int(7, value) }
      tensor.text(8, name)
    }
  }

  @Test func `slices are replaced, the last of several for one place`() throws {
    let updates = TestModel.node("Neg", ["part"], ["updates"])
    func part(_ start: Int, _ end: Int) -> Part {
      TestModel.node("Slice", ["x", "start\(start)", "end\(end)", "axes"], ["part"])
    }
    let bounds = [integers("start0", [1], [0]), integers("end2", [1], [2]), integers("axes", [1], [1])]
    var expected = x.floats
    // Channel 0 goes to 2, and channel 1 to 0.
    for i in 0..<4 { (expected[8 + i], expected[i]) = (-x.floats[i], -x.floats[4 + i]) }
    let nd = TestModel.node("ScatterND", ["x", "places", "updates"], ["y"])
    #expect(
      try result([part(0, 2), updates, nd], bounds + [integers("places", [1, 2, 2], [0, 2, 0, 0])]).floats == expected)
    let elements = TestModel.node("ScatterElements", ["x", "places", "updates"], ["y"], TestModel.int("axis", 1))
    let places = [2, 2, 2, 2, 0, 0, 0, 0]
    #expect(
      try result([part(0, 2), updates, elements], bounds + [integers("places", [1, 2, 2, 2], places)]).floats
        == expected)
    #expect(throws: ImportError.self) {
      try result(
        [part(0, 2), updates, elements], bounds + [integers("places", [1, 2, 2, 2], [0] + places.dropFirst())])
    }
    #expect(throws: ImportError.self) {
      try result([part(0, 2), updates, nd], bounds + [integers("places", [1, 2, 2], [0, 3, 0, 0])])
    }
  }

  @Test func `the largest elements and their indices`() throws {
    let top = TestModel.node("TopK", ["x", "k"], ["values", "places"], TestModel.int("axis", 1))
    let two = [integers("k", [1], [2])]
    let values = try result([top, TestModel.node("Identity", ["values"], ["y"])], two)
    let places = try result([top, TestModel.node("Identity", ["places"], ["y"])], two)
    for i in 0..<4 {
      let order = (0..<3).sorted { x.floats[$0 * 4 + i] > x.floats[$1 * 4 + i] }
      for k in 0..<2 {
        #expect(places.integers[k * 4 + i] == Int64(order[k]) && values.floats[k * 4 + i] == x.floats[order[k] * 4 + i])
      }
    }
  }

  @Test func `casts to unsigned types of 16 and 32 bits drop fractions and wrap around`() throws {
    let shift = TestModel.node("Sub", ["x", "half"], ["z"])
    let half = TestModel.numbers("half", [1.5])
    for (type, modulus) in [(4, Int64(1) << 16), (12, Int64(1) << 32)] {
      let cast = TestModel.node("Cast", ["z"], ["y"], TestModel.int("to", type))
      let got = Cast(to: .int64).evaluate([try result([shift, cast], [half])])[0].integers
      #expect(got == x.floats.map { (Int64($0 - 1.5) + modulus) % modulus })
    }
  }
}
