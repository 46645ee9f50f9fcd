import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// An operator on the channels of each pixel, held against the operator on the whole tensor.
struct PixelwiseTests {
  private let image = seededTensor([1, 3, 4, 6], seed: 1)

  /// The image as a tensor [C1, columns, C2, rows].
  private let axes = PixelAxes([.channels(2), .columns, .channels(3), .rows])

  private func tensor(_ image: Tensor) -> Tensor {
    Transpose(permutation: [2, 1, 3, 0]).evaluate([image.reshaped([3, 4, 2, 3])])[0]
  }

  @Test func `softmax along one of two axes of channels`() throws {
    let op = Pixelwise(Softmax(axis: 2), inputs: [axes], result: axes)
    #expect(try op.outputTypes([image.type]) == [image.type])
    #expect(op.evaluate([image])[0] == back(Softmax(axis: 2).evaluate([tensor(image)])[0]))
  }

  @Test func `an axis that goes away`() throws {
    let result = PixelAxes([.columns, .channels(3), .rows])
    let op = Pixelwise(Reduce(kind: .l2, axes: [0], keepDims: false), inputs: [axes], result: result)
    let made = op.evaluate([image])[0]
    #expect(made.shape == [1, 3, 4, 3])
    #expect(try op.outputTypes([TensorType(.float32, [1, nil, nil, 6])]) == [TensorType(.float32, [1, nil, nil, 3])])
    let whole = Reduce(kind: .l2, axes: [0], keepDims: false).evaluate([tensor(image)])[0]
    #expect(made.floats == Transpose(permutation: [2, 0, 1]).evaluate([whole])[0].floats)
  }

  @Test func `it reads what it makes, and nothing else`() {
    let op = Pixelwise(Softmax(axis: 2), inputs: [axes], result: axes)
    #expect(op.reach([image.type]) == [.pointwise])
    let rows = PixelAxes([.columns, .rows, .channels(6)])
    let two = Pixelwise(MatMul(), inputs: [rows, nil], result: rows)
    #expect(two.reach([image.type, TensorType(.float32, [6, 6])]) == [.pointwise, .global])
  }

  @Test func `other channels than it was made for are refused`() {
    let op = Pixelwise(Softmax(axis: 2), inputs: [axes], result: axes)
    for dims in [[1, 3, 4, 5], [2, 3, 4, 6], [3, 4, 6]] {
      #expect(throws: ShapeError.self) { try op.outputTypes([TensorType(.float32, dims)]) }
    }
  }

  private func back(_ tensor: Tensor) -> Tensor {
    Transpose(permutation: [3, 1, 0, 2]).evaluate([tensor])[0].reshaped([1, 3, 4, 6])
  }
}
