import Graphs
import Ops
import Tensors
import TestSupport
import Testing

struct TopKTests {
  @Test(arguments: [0, 1, 2, -1], [false, true])
  func `elements and indices are those of repeated search`(_ axis: Int, _ smallest: Bool) {
    // Few values, so that there are equal ones.
    let x = Tensor([3, 4, 5], seededTensor([3, 4, 5], seed: 11).floats.map { ($0 * 2).rounded() })
    let count = 3, place = axis < 0 ? axis + 3 : axis
    let op = TopK(count: count, axis: axis, smallest: smallest)
    var indices = op
    indices.result = .indices
    let values = op.evaluate([x])[0].floats, found = indices.evaluate([x])[0].integers
    let inner = x.shape.dims[(place + 1)...].reduce(1, *), size = x.shape.dims[place]
    for o in 0..<60 / inner / size {
      for i in 0..<inner {
        var left = Array(0..<size)
        for k in 0..<count {
          let line = left.map { x.floats[(o * size + $0) * inner + i] }
          let best = smallest ? line.min() : line.max()
          let index = left.remove(at: line.firstIndex { $0 == best } ?? 0)
          #expect(values[(o * count + k) * inner + i] == best && found[(o * count + k) * inner + i] == Int64(index))
        }
      }
    }
  }

  @Test func `types, reach and refusals`() throws {
    let image = TensorType(.float32, [1, nil, nil, 4])
    #expect(try TopK(count: 2).outputTypes([image]) == [TensorType(.float32, [1, nil, nil, 2])])
    #expect(try TopK(count: 2, result: .indices).outputTypes([image]) == [TensorType(.int64, [1, nil, nil, 2])])
    #expect(throws: ShapeError("\(image) has no 5 elements along axis 3")) { try TopK(count: 5).outputTypes([image]) }
    let sized = TensorType(.float32, [1, 8, 9, 4])
    #expect(TopK(count: 2, axis: 3).reach([sized]) == [.pointwise])
    #expect(TopK(count: 1, axis: 1).reach([sized]) == [.global])
  }
}
