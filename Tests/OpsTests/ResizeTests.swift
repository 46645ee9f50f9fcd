import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// Values that the rules of ONNX `Resize` give by hand.
struct ResizeTests {
  private func row(_ values: [Float], _ target: Resize.Target, _ rule: ResizeRule) -> [Float] {
    Resize([.init(0, target)], rule: rule).evaluate([Tensor([values.count], values)])[0].floats
  }

  @Test func `nearest follows its rounding at ties and at the ends`() {
    func rule(_ rounding: ResizeRule.Rounding) -> ResizeRule {
      ResizeRule(method: .nearest, coordinates: .asymmetric, rounding: rounding)
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
    func rule(_ coordinates: ResizeRule.Coordinates) -> ResizeRule {
      ResizeRule(method: .linear, coordinates: coordinates)
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
    let rule = ResizeRule(method: .linear, coordinates: .crop, outside: 10)
    let op = Resize([.init(0, .size(3), part: .init(start: 0.5, end: 1.5))], rule: rule)
    // Positions 1, 2 and 3 of three elements.
    #expect(op.evaluate([Tensor([3], [0, 1, 2])])[0].floats == [1, 2, 10])
  }

  @Test func `a cubic reproduces constants, and a filter that is as wide as an output averages`() {
    let cubic = ResizeRule(method: .cubic, excludesOutside: true)
    #expect(row([3, 3, 3, 3], .size(7), cubic).allSatisfy { ($0 - 3).magnitude < 1e-6 })
    let wide = ResizeRule(method: .linear, antialias: true)
    // Triangles of radius 2 about 0.5 and 2.5, beyond the ends the elements at them.
    let result = row([0, 0, 8, 8], .size(2), wide)
    #expect((result[0] - 1).magnitude < 1e-6 && (result[1] - 7).magnitude < 1e-6)
  }

  @Test func `sizes that keep proportions are those of the tightest or the widest axis`() throws {
    let axes: [Resize.Axis] = [.init(0, .size(6)), .init(1, .size(6))]
    let type = TensorType(.float32, [2, 4])
    let rule = ResizeRule(method: .linear)
    #expect(try Resize(axes, rule: rule, proportions: .notLarger).outputTypes([type])[0].dims == [3, 6])
    #expect(try Resize(axes, rule: rule, proportions: .notSmaller).outputTypes([type])[0].dims == [6, 12])
  }

  @Test func `scales that give no size are refused`() {
    let rule = ResizeRule(method: .linear)
    for scale in [0, -1, 1e9, Float.nan] {
      #expect(throws: ShapeError.self) {
        try Resize([.init(1, .scale(scale))], rule: rule).outputTypes([TensorType(.float32, [1, 4])])
      }
    }
  }
}
