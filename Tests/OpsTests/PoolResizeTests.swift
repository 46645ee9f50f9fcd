import Graphs
import Ops
import Tensors
import Testing

struct PoolResizeTests {
  private let ramp = Tensor([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9])

  @Test func `pooling pads at the end first and padding never counts`() {
    let (two, same) = (Pair(2), Padding.same)
    #expect(MaxPool2D(size: two, strides: two, padding: same).evaluate([ramp])[0].floats == [5, 6, 8, 9])
    #expect(MaxPool2D(size: two, strides: two, padding: .valid).evaluate([ramp])[0].floats == [5])
    #expect(AveragePool2D(size: two, strides: two, padding: same).evaluate([ramp])[0].floats == [3, 4.5, 7.5, 9])
    let counting = AveragePool2D(size: two, strides: two, padding: same, countPadding: true)
    #expect(counting.evaluate([ramp])[0].floats == [3, 2.25, 3.75, 2.25])
  }

  @Test func `the padding of a largest element is below every number`() {
    let negative = Tensor([1, 1, 2, 1], [-3, -2])
    #expect(MaxPool2D(size: 3, strides: 1, padding: .same).evaluate([negative])[0].floats == [-2, -2])
  }

  @Test func `global pooling reduces all pixels of a channel`() {
    let x = Tensor([1, 2, 1, 2], [1, -1, 2, -4])
    let average = GlobalPool2D(kind: .average).evaluate([x])[0]
    #expect(average.floats == [1.5, -2.5] && average.shape == [1, 2])
    let largest = GlobalPool2D(kind: .max, keepDims: true).evaluate([x])[0]
    #expect(largest.floats == [2, -1] && largest.shape == [1, 1, 1, 2])
  }

  @Test func `nearest takes the pixel under the centre`() {
    let x = Tensor([1, 1, 5, 1], [0, 1, 2, 3, 4])
    func columns(_ width: Int) -> [Float] {
      Resize(method: .nearest, target: .size(Pair(1, width))).evaluate([x])[0].floats
    }
    #expect(columns(3) == [0, 2, 4])
    #expect(columns(10) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    #expect(columns(7) == [0, 1, 1, 2, 3, 3, 4])
    #expect(columns(1) == [2])
  }

  @Test func `bilinear mixes at half-pixel centres and repeats the border`() {
    let x = Tensor([1, 2, 2, 1], [0, 4, 8, 12])
    let doubled = Resize(method: .linear, target: .scale(2)).evaluate([x])[0]
    #expect(doubled.floats == [0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12])
    let shrunk = Resize(method: .linear, target: .size(1)).evaluate([x])[0]
    #expect(shrunk.floats == [6])
  }

  @Test func `bicubic mixes four pixels and leaves out those beyond the border`() {
    let x = Tensor([1, 1, 4, 1], [0, 64, 128, 256])
    let doubled = Resize(method: .cubic, target: .scale(Pair(1, 2))).evaluate([x])[0].floats
    // Keys' weights at a quarter pixel are -9, 111, 29, -3 of 128.
    func mix(_ weights: [Float], _ values: [Float]) -> Float {
      zip(weights, values).map { $0 * $1 }.reduce(0, +) / weights.reduce(0, +)
    }
    #expect(abs(doubled[0] - mix([111, -9], [0, 64])) < 1e-4)
    #expect(abs(doubled[1] - mix([111, 29, -3], [0, 64, 128])) < 1e-4)
    #expect(abs(doubled[3] - mix([-9, 111, 29, -3], [0, 64, 128, 256])) < 1e-4)
    #expect(abs(doubled[4] - mix([-3, 29, 111, -9], [0, 64, 128, 256])) < 1e-4)
    let same = Resize(method: .cubic, target: .scale(1)).evaluate([x])[0]
    #expect(same == x)
  }

  @Test func `asymmetric coordinates count from the corner`() {
    let x = Tensor([1, 1, 2, 1], [0, 4])
    func columns(_ method: ResizeRule.Method, _ width: Int) -> [Float] {
      Resize(method: method, target: .size(Pair(1, width)), coordinates: .asymmetric).evaluate([x])[0].floats
    }
    #expect(columns(.linear, 4) == [0, 2, 4, 4])
    #expect(columns(.nearest, 4) == [0, 0, 4, 4])
    #expect(columns(.nearest, 3) == [0, 0, 4])
  }

  @Test func `antialiasing mixes all that an output covers`() {
    let x = Tensor([1, 1, 8, 1], [0, 0, 8, 0, 0, 0, 0, 8])
    func columns(_ width: Int, _ antialias: Bool) -> [Float] {
      Resize(method: .linear, target: .size(Pair(1, width)), antialias: antialias).evaluate([x])[0].floats
    }
    #expect(columns(2, false) == [4, 0])
    // Triangles of half-width 4 about pixels 1.5 and 5.5, without what lies beyond the border.
    #expect(abs(columns(2, true)[0] - 8 * 3.5 / 14) < 1e-5)
    #expect(abs(columns(2, true)[1] - 8 * (0.5 + 2.5) / 14) < 1e-5)
    #expect(columns(16, true) == columns(16, false))
  }

  @Test func `bilinear equals the formula in floating point for any sizes`() {
    for (n, o) in [(5, 7), (7, 5), (4, 12), (9, 3), (1, 4), (6, 6), (13, 2)] {
      let x = noise([1, 1, n, 1], seed: UInt64(n)).floats
      let result = Resize(method: .linear, target: .size(Pair(1, o))).evaluate([Tensor([1, 1, n, 1], x)])[0].floats
      for i in 0..<o {
        let place = (Double(i) + 0.5) * Double(n) / Double(o) - 0.5
        let lower = place.rounded(.down)
        func tap(_ index: Double) -> Double { Double(x[Int(min(max(index, 0), Double(n - 1)))]) }
        let expected = tap(lower) * (1 - (place - lower)) + tap(lower + 1) * (place - lower)
        #expect(abs(Double(result[i]) - expected) < 1e-6, "\(n) to \(o) at \(i)")
      }
    }
  }
}
