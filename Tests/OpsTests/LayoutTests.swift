import Graphs
import Ops
import Tensors
import Testing

struct LayoutTests {
  private let x = Tensor([1, 2, 2, 2], (1...8).map { Float($0) })

  @Test func `joining along any axis and data type`() {
    let y = Tensor([1, 2, 2, 1], [10, 20, 30, 40])
    #expect(Concat(axis: -1).evaluate([x, y])[0].floats == [1, 2, 10, 3, 4, 20, 5, 6, 30, 7, 8, 40])
    let z = Tensor([1, 2, 1, 2], [10, 20, 30, 40])
    #expect(Concat(axis: 2).evaluate([z, x])[0].floats == [10, 20, 1, 2, 3, 4, 30, 40, 5, 6, 7, 8])
    let integers = Concat(axis: 0).evaluate([Tensor([1], .int64([3])), Tensor([2], .int64([4, 5]))])[0]
    #expect(integers == Tensor([3], .int64([3, 4, 5])))
  }

  @Test func `borders are added and removed`() {
    let one = Tensor([1, 1, 1, 2], [1, 2])
    let padded = Pad2D(top: 1, bottom: 0, left: 0, right: 1, value: 9).evaluate([one])[0]
    #expect(padded == Tensor([1, 2, 2, 2], [9, 9, 9, 9, 1, 2, 9, 9]))
    #expect(Crop2D(top: 1, bottom: 0, left: 0, right: 1).evaluate([padded])[0] == one)
  }

  @Test func `reshape copies and infers dimensions`() throws {
    #expect(Reshape(dims: [0, -1]).evaluate([x])[0].shape == [1, 8])
    let unknown = TensorType(.float32, [1, nil, nil, 3])
    #expect(try Reshape(dims: [0, -1, 3]).outputTypes([unknown]) == [TensorType(.float32, [1, nil, 3])])
    #expect(try Reshape(dims: [0, 0, 0, -1]).outputTypes([unknown]) == [unknown])
    #expect(throws: ShapeError("cannot reshape f32[1x2x2x2] to [3,-1]")) {
      try Reshape(dims: [3, -1]).outputTypes([x.type])
    }
  }

  @Test func `transpose and its inverse`() {
    let turned = Transpose(permutation: [0, 3, 1, 2]).evaluate([x])[0]
    #expect(turned.floats == [1, 3, 5, 7, 2, 4, 6, 8])
    #expect(Transpose(permutation: [0, 2, 3, 1]).evaluate([turned])[0] == x)
    #expect(Identity().evaluate([x])[0] == x)
  }
}
