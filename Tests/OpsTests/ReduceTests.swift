import Graphs
import Ops
import Tensors
import Testing

struct ReduceTests {
  @Test func `reductions over any axes`() throws {
    let x = Tensor([2, 3], [1, 2, 3, 4, 5, 9])
    #expect(Reduce(kind: .mean, axes: [1], keepDims: false).evaluate([x])[0] == Tensor([2], [2, 6]))
    #expect(Reduce(kind: .sum, axes: [0], keepDims: true).evaluate([x])[0] == Tensor([1, 3], [5, 7, 12]))
    #expect(Reduce(kind: .max, axes: [-1, 0], keepDims: false).evaluate([x])[0] == Tensor([], [9]))
    #expect(Reduce(kind: .min, axes: [1], keepDims: false).evaluate([x])[0] == Tensor([2], [1, 4]))
    #expect(Reduce(kind: .sum, axes: [], keepDims: false).evaluate([x])[0] == x)
    let middle = Reduce(kind: .sum, axes: [1], keepDims: false).evaluate([Tensor([2, 2, 2], (1...8).map(Float.init))])
    #expect(middle[0] == Tensor([2, 2], [4, 6, 12, 14]))
  }

  @Test func `every kind`() throws {
    let x = Tensor([3], [-3, 2, 6])
    let expected: [Reduce.Kind: Float] = [
      .mean: 5 / 3, .sum: 5, .max: 6, .min: -3, .product: -36, .l1: 11, .l2: 7, .sumOfSquares: 49,
      .logSum: 1.609_437_9, .logSumExp: 6.018_271,
    ]
    for kind in Reduce.Kind.allCases {
      let result = Reduce(kind: kind, axes: [0], keepDims: false).evaluate([x])[0].floats[0]
      #expect(abs(result - (expected[kind] ?? .nan)) <= 1e-6 * abs(result), "\(kind): \(result)")
    }
    let huge = Reduce(kind: .logSumExp, axes: [0], keepDims: false).evaluate([Tensor([2], [1000, 1000])])[0]
    #expect(abs(huge.floats[0] - 1000.693_1) < 1e-3)
    let nan = Tensor([3], [1, .nan, 2])
    for kind in Reduce.Kind.allCases {
      #expect(Reduce(kind: kind, axes: [0], keepDims: false).evaluate([nan])[0].floats[0].isNaN, "\(kind)")
    }
  }

  @Test func `integers and bools`() throws {
    let x = Tensor([3], .int32([-3, 2, 6]))
    let expected: [Reduce.Kind: Int32] = [
      .mean: 1, .sum: 5, .max: 6, .min: -3, .product: -36, .l1: 11, .sumOfSquares: 49,
    ]
    for (kind, value) in expected {
      #expect(Reduce(kind: kind, axes: [0], keepDims: true).evaluate([x])[0] == Tensor([1], .int32([value])), "\(kind)")
    }
    let flags = Tensor([2, 2], .bool([true, false, true, true]))
    #expect(Reduce(kind: .max, axes: [1], keepDims: false).evaluate([flags])[0] == Tensor([2], .bool([true, true])))
    #expect(Reduce(kind: .min, axes: [1], keepDims: false).evaluate([flags])[0] == Tensor([2], .bool([false, true])))
  }

  @Test func `what nothing adds up to`() throws {
    let empty = Tensor([0, 2], [])
    #expect(Reduce(kind: .sum, axes: [0], keepDims: false).evaluate([empty])[0] == Tensor([2], [0, 0]))
    #expect(Reduce(kind: .product, axes: [0], keepDims: false).evaluate([empty])[0] == Tensor([2], [1, 1]))
    #expect(throws: ShapeError("axis 0 of f32[0x2] is empty")) {
      try Reduce(kind: .mean, axes: [0], keepDims: false).outputTypes([empty.type])
    }
  }

  @Test func `the place of the first or last of equal extremes`() {
    let x = Tensor([2, 3], [1, 5, 5, -2, -3, -3])
    func check(_ op: ArgMax, _ shape: Shape, _ expected: [Int64]) {
      #expect(op.evaluate([x])[0] == Tensor(shape, .int64(expected)), "\(op)")
    }
    check(ArgMax(), [2], [1, 0])
    check(ArgMax(last: true), [2], [2, 0])
    check(ArgMax(smallest: true), [2], [0, 1])
    check(ArgMax(smallest: true, last: true), [2], [0, 2])
    check(ArgMax(axis: 0, keepDims: true), [1, 3], [0, 0, 0])
    let large = Int64(1) << 60
    let integers = Tensor([3], .int64([large, large + 1, large]))
    #expect(ArgMax(axis: 0).evaluate([integers])[0] == Tensor([], .int64([1])))
  }
}
