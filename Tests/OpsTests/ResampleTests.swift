import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// Values that the rules of ONNX `Resize` give by hand.
struct ResampleTests {
  private func row(_ values: [Float], _ target: Resample.Target, _ rule: ResampleRule) -> [Float] {
    Resample([.init(0, target)], rule: rule).evaluate([Tensor([values.count], values)])[0].floats
  }

  @Test func `nearest follows its rounding at ties and at the ends`() {
    func rule(_ rounding: ResampleRule.Rounding) -> ResampleRule {
      ResampleRule(method: .nearest, coordinates: .asymmetric, rounding: rounding)
    }
    // Positions 0, 0.5, 1, 1.5 of two elements.
    #expect(row([1, 2], .size(4), rule(.preferFloor)) == [1, 1, 2, 2])
    #expect(row([1, 2], .size(4), rule(.preferCeil)) == [1, 2, 2, 2])
    #expect(row([1, 2], .size(4), rule(.floor)) == [1, 1, 2, 2])
    #expect(row([1, 2], .size(4), rule(.ceil)) == [1, 2, 2, 2])
    // Shrinking, positions 0 and 1.5 of three elements: rounded up.
    #expect(row([1, 2, 3], .size(2), rule(.simple)) == [1, 3])
  }

  @Test func `linear mixes by position, in every system of coordinates`() {
    func rule(_ coordinates: ResampleRule.Coordinates) -> ResampleRule {
      ResampleRule(method: .linear, coordinates: coordinates)
    }
    #expect(row([0, 4], .size(4), rule(.halfPixel)) == [0, 1, 3, 4])
    #expect(row([0, 4], .size(4), rule(.asymmetric)) == [0, 2, 4, 4])
    #expect(row([0, 3], .size(4), rule(.alignCorners)) == [0, 1, 2, 3])
    #expect(row([5, 9], .size(1), rule(.pytorchHalfPixel)) == [5])
    #expect(row([5, 9], .size(1), rule(.halfPixel)) == [7])
    // Of 5 times 0.5 the middle of the two outputs is the middle of the inputs: positions 0.75 and 2.75, moved by 0.25.
    #expect(row([0, 1, 2, 3, 4], .scale(0.5), rule(.halfPixelSymmetric)) == [1, 3])
  }

  @Test func `what lies outside of a crop is a constant`() {
    let rule = ResampleRule(method: .linear, coordinates: .crop, outside: 10)
    let op = Resample([.init(0, .size(3), part: .init(start: 0.5, end: 1.5))], rule: rule)
    // Positions 1, 2 and 3 of three elements.
    #expect(op.evaluate([Tensor([3], [0, 1, 2])])[0].floats == [1, 2, 10])
  }

  @Test func `a cubic reproduces constants, and a filter that is as wide as an output averages`() {
    let cubic = ResampleRule(method: .cubic, excludesOutside: true)
    #expect(row([3, 3, 3, 3], .size(7), cubic).allSatisfy { ($0 - 3).magnitude < 1e-6 })
    let wide = ResampleRule(method: .linear, antialias: true)
    // Triangles of radius 2 about 0.5 and 2.5, beyond the ends the elements at them.
    let result = row([0, 0, 8, 8], .size(2), wide)
    #expect((result[0] - 1).magnitude < 1e-6 && (result[1] - 7).magnitude < 1e-6)
  }

  @Test func `sizes that keep proportions are those of the tightest or the widest axis`() throws {
    let axes: [Resample.Axis] = [.init(0, .size(6)), .init(1, .size(6))]
    let type = TensorType(.float32, [2, 4])
    let rule = ResampleRule(method: .linear)
    #expect(try Resample(axes, rule: rule, proportions: .notLarger).outputTypes([type])[0].dims == [3, 6])
    #expect(try Resample(axes, rule: rule, proportions: .notSmaller).outputTypes([type])[0].dims == [6, 12])
  }

  @Test(arguments: [
    (ResampleRule(method: .linear), Pair(10, 7)), (ResampleRule(method: .linear, coordinates: .asymmetric), Pair(3, 9)),
    (ResampleRule(method: .linear, coordinates: .alignCorners), Pair(10, 1)),
    (ResampleRule(method: .nearest), Pair(10, 12)),
    (ResampleRule(method: .nearest, coordinates: .asymmetric, rounding: .floor), Pair(7, 3)),
  ]) func `an image operator that takes its place computes the same`(rule: ResampleRule, size: Pair) throws {
    let image = seededTensor([1, 5, 6, 2])
    let op = Resample([.init(1, .size(size.height)), .init(2, .size(size.width))], rule: rule)
    let other = try #require(op.image(image.type))
    let (a, b) = (op.evaluate([image])[0], other.evaluate([image])[0])
    #expect(a.shape == b.shape && zip(a.floats, b.floats).allSatisfy { ($0 - $1).magnitude < 1e-6 })
  }

  @Test func `scales that give no size are refused`() {
    let rule = ResampleRule(method: .linear)
    for scale in [0, -1, 1e9, Float.nan] {
      #expect(throws: ShapeError.self) {
        try Resample([.init(1, .scale(scale))], rule: rule).outputTypes([TensorType(.float32, [1, 4])])
      }
    }
  }
}

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
