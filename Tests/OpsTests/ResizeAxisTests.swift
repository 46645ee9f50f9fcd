import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// A rule of an image's resizing, but for parts of an axis.
func randomRule(_ numbers: inout SeededNumbers) -> ResizeRule {
  var coordinates = ResizeRule.Coordinates.allCases
  coordinates.removeAll { $0 == .crop || $0 == .tensorFlowHalfPixel }
  return ResizeRule(
    method: numbers.element(ResizeRule.Method.allCases), coordinates: numbers.element(coordinates),
    rounding: numbers.element(ResizeRule.Rounding.allCases), cubic: numbers.element([-0.5, -0.75]),
    excludesOutside: numbers.pick(0...1) == 0, antialias: numbers.pick(0...1) == 0)
}

/// The formulas of ONNX `Resize` in floating point, as its operator's documentation has them.
private struct PlainAxis {
  let rule: ResizeRule
  let input: Int, output: Int
  let scale: Double

  func position(_ i: Int) -> Double {
    let (x, n, o) = (Double(i), Double(input), Double(output))
    switch rule.coordinates {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return output > 1 ? (x + 0.5) / scale - 0.5 : 0
    case .halfPixelSymmetric: return n / 2 * (1 - o / (scale * n)) + (x + 0.5) / scale - 0.5
    case .asymmetric: return x / scale
    case .alignCorners: return output > 1 ? x * (n - 1) / (o - 1) : 0
    case .tensorFlowHalfPixel: return (x + 0.5) / scale
    case .crop: return .nan
    }
  }

  /// `nil` next to a tie, which rounding in floating point may miss.
  func nearest(_ i: Int) -> Int? {
    let x = position(i)
    guard abs(2 * x - (2 * x).rounded()) > 1e-9 || x == (2 * x).rounded() / 2 else { return nil }
    let rounded =
      switch rule.rounding {
      case .preferFloor: (x - 0.5).rounded(.up)
      case .preferCeil: (x + 0.5).rounded(.down)
      case .floor: x.rounded(.down)
      case .ceil: x.rounded(.up)
      case .simple: x.rounded(scale < 1 ? .up : .down)
      }
    return min(max(Int(rounded), 0), input - 1)
  }

  /// The weight of each input.
  func weights(_ i: Int) -> [Double] {
    let x = position(i), shrink = rule.antialias ? min(scale, 1) : 1
    var result = [Double](repeating: 0, count: input)
    for source in -4 * input - 40...5 * input + 40 {
      guard (0..<input).contains(source) || !rule.excludesOutside else { continue }
      result[min(max(source, 0), input - 1)] += weight(abs(Double(source) - x) * shrink)
    }
    let sum = result.reduce(0, +)
    return result.map { $0 / sum }
  }

  private func weight(_ d: Double) -> Double {
    let a = rule.cubic
    if rule.method == .linear { return max(0, 1 - d) }
    if d <= 1 { return (a + 2) * d * d * d - (a + 3) * d * d + 1 }
    return d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0
  }
}

struct ResizeAxisTests {
  @Test func `taps are those of the formulas in floating point`() {
    var numbers = SeededNumbers(17)
    for trial in 0..<600 {
      let rule = randomRule(&numbers), input = numbers.pick(1...12)
      let factor = (num: numbers.pick(1...5), den: numbers.pick(1...5))
      let isSize = numbers.pick(0...1) == 0
      let output = isSize ? numbers.pick(1...25) : input * factor.num / factor.den
      guard output > 0 else { continue }
      let scale = isSize ? Ratio(output, input) : Ratio(factor.num, factor.den)
      let axis = ResizeAxis(rule, input: input, output: output, scale: scale)
      let plain = PlainAxis(rule: rule, input: input, output: output, scale: Double(scale.num) / Double(scale.den))
      for i in 0..<output {
        let taps = axis.taps(i)
        if rule.method == .nearest {
          if let expected = plain.nearest(i) {
            #expect(taps.first == expected && taps.weights == [1], "\(rule) at \(i)")
          }
          continue
        }
        var dense = [Double](repeating: 0, count: input)
        for (k, weight) in taps.weights.enumerated() { dense[taps.first + k] = weight }
        let isEqual = zip(dense, plain.weights(i)).allSatisfy { abs($0 - $1) < 1e-6 }
        #expect(isEqual, "\(trial): \(rule) of \(input) to \(output) at \(i): \(taps), not \(plain.weights(i))")
      }
    }
  }

  /// What a row of ten numbers becomes, by ONNX Runtime 1.32.
  @Test(
    arguments: [
      (0.7, ResizeRule(method: .nearest, rounding: .preferCeil), [3, 4, 1, 9, 2, 6, 3]),
      (0.3, ResizeRule(method: .nearest, coordinates: .asymmetric, rounding: .floor), [3, 1, 2]),
      (1 / 3, ResizeRule(method: .nearest, coordinates: .asymmetric, rounding: .ceil), [3, 1, 2]),
      (0.7, ResizeRule(method: .cubic), [2.1037719, 2.382379, 0.468385, 2.09375, 2.265487, 2.202623, 1.180483]),
      (
        1.3, ResizeRule(method: .cubic, cubic: -0.5, excludesOutside: true),
        [
          3.195468, -0.006844, 0.894772, 3.969704, 1.174413, -4.742922, 2.0625, 8.333696, 1.968934, 6.007396, -0.909425,
          -3.084886, 3.390936,
        ]
      ), (0.3, ResizeRule(method: .linear, antialias: true), [1.462687, 2.287879, 1.537314]),
      (0.5, ResizeRule(method: .cubic, antialias: true), [1.619141, 0.691406, 1.728516, 4.0742192, -0.175781]),
      (
        0.4, ResizeRule(method: .cubic, coordinates: .asymmetric, excludesOutside: true, antialias: true),
        [1.908676, 0.563165, 3.2715659, 1.421614]
      ), (0.35, ResizeRule(method: .linear, coordinates: .halfPixelSymmetric), [2.214285, 2, 2.071428]),
    ] as [(Float, ResizeRule, [Float])])
  func `fractions resize as recorded`(scale: Float, rule: ResizeRule, expected: [Float]) {
    let row = Tensor([10], [3, -1, 4, 1, -5, 9, 2, 6, -5, 3])
    let result = Resize([.init(0, .scale(scale))], rule: rule).evaluate([row])[0].floats
    #expect(result.count == expected.count && zip(result, expected).allSatisfy { abs($0 - $1) < 3e-5 }, "\(result)")
  }

  @Test func `outputs that lie alike have the same weights to the bit, whatever the size`() {
    var numbers = SeededNumbers(23)
    for _ in 0..<200 {
      var rule = randomRule(&numbers)
      if rule.coordinates == .alignCorners { rule.coordinates = .halfPixel }
      let scale = Ratio(numbers.pick(1...9), numbers.pick(1...9)), periods = 40
      func axis(_ count: Int) -> ResizeAxis {
        ResizeAxis(rule, input: count * scale.den, output: count * scale.num, scale: scale)
      }
      let (small, large) = (axis(periods), axis(periods * 3))
      for i in 12 * scale.num..<28 * scale.num {
        let here = small.taps(i)
        var there = large.taps(i + periods * scale.num)
        there.first -= periods * scale.den
        #expect(there == here, "\(rule) by \(scale) at \(i)")
      }
    }
  }

  @Test func `cubics and wide filters reach as far as their taps`() {
    let image = TensorType(.float32, [1, 24, 36, 2])
    func reach(_ scale: Float, _ rule: ResizeRule) -> Reach? {
      Resize([.init(1, .scale(scale)), .init(2, .scale(scale))], rule: rule).reach([image]).first
    }
    func both(_ axis: AxisReach) -> Reach { .local(rows: axis, columns: axis) }
    // Output 0 lies at -1/4 and reads -2...1, output 1 at 1/4 and reads -1...2.
    #expect(reach(2, ResizeRule(method: .cubic)) == both(AxisReach(num: 2, den: 4, low: -5, high: 6)))
    // Triangles of radius 2 about 1/2 + 2 i.
    let halved = ResizeRule(method: .linear, antialias: true)
    #expect(reach(0.5, halved) == both(AxisReach(num: 4, den: 2, low: -1, high: 4)))
    #expect(reach(1, ResizeRule(method: .cubic)) == both(.identity))
    let crop = Resize([.init(1, .size(4))], rule: ResizeRule(method: .linear, coordinates: .crop))
    #expect(crop.reach([image]) == [.global])
    #expect(Resize([.init(3, .scale(2))], rule: ResizeRule(method: .linear)).reach([image]) == [.global])
  }
}
