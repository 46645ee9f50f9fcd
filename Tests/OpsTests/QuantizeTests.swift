import Graphs
import Ops
import Tensors
import Testing

struct QuantizeTests {
  @Test func `halves go to even integers, and what is out of range to the nearest`() {
    let x = Tensor([6], [-0.5, 0.5, 1.5, 2.5, 300, -300])
    let result = Quantize(axis: 0).evaluate([x, Tensor([], [1]), Tensor([], .uint8([2]))])[0]
    #expect(result == Tensor([6], .uint8([2, 2, 4, 4, 255, 0])))
  }

  @Test func `each index of the axis has its own scale`() {
    let x = Tensor([2, 2], [2, 2, 2, 2])
    let result = Quantize(axis: 0).evaluate([x, Tensor([2], [1, 0.5]), Tensor([2], .int8([0, -1]))])[0]
    #expect(result == Tensor([2, 2], .int8([2, 2, 3, 3])))
  }
}

struct WindowPaddingTests {
  @Test func `the odd pixel of padding goes before`() {
    let image = Tensor([1, 1, 2, 1], [1, 2])
    let pool = { (padding: Padding) in
      MaxPool2D(size: Pair(1, 2), strides: 1, padding: padding).evaluate([image])[0].floats
    }
    #expect(pool(.same) == [2, 2] && pool(.sameLower) == [1, 2])
  }

  @Test func `a last window takes what would be left over, and none starts beyond the image`() {
    func count(_ input: Int, _ size: Int, _ stride: Int, before: Int = 0, after: Int = 0) -> Int {
      let padding = Padding.ceiling(top: 0, bottom: 0, left: before, right: after)
      return padding.resolve(size: Pair(1, input), kernel: Pair(1, size), stride: Pair(1, stride)).columns.output
    }
    #expect(count(4, 3, 2) == 2 && count(5, 3, 2) == 2 && count(6, 3, 2) == 3)
    // The third window would start in the padding.
    #expect(count(2, 1, 2, before: 0, after: 1) == 1)
  }

  @Test func `pooling windows may be dilated`() {
    let image = Tensor([1, 1, 5, 1], [1, 2, 3, 4, 5])
    let most = MaxPool2D(size: Pair(1, 2), strides: 1, padding: .valid, dilation: Pair(1, 3))
    let mean = AveragePool2D(size: Pair(1, 2), strides: 1, padding: .valid, dilation: Pair(1, 3))
    #expect(most.evaluate([image])[0].floats == [4, 5] && mean.evaluate([image])[0].floats == [2.5, 3.5])
  }
}
