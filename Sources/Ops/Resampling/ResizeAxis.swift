package import Graphs
import Tensors

/// Resizing along one axis, from `input` to `output` elements.
///
/// Positions are exact fractions, and weights depend on the fraction between two elements alone. So outputs that lie alike between their
/// inputs have the same weights to the bit, in a piece of an image as in the whole.
package struct ResizeAxis: Sendable, Hashable {
  package let rule: ResizeRule
  package let input: Int, output: Int
  /// Outputs per input.
  private let scale: Ratio
  /// What `crop` takes.
  private let part: ResizeRule.Part
  /// Output `i` lies at input `(num * i + offset) / den`, but for `crop`.
  private let num: Int, offset: Int, den: Int

  package init(_ rule: ResizeRule, input: Int, output: Int, scale: Ratio? = nil, part: ResizeRule.Part = .init()) {
    (self.rule, self.input, self.output, self.part) = (rule, input, output, part)
    let scale = scale ?? Ratio(output, input)
    self.scale = scale
    let (up, down) = (scale.num, scale.den)
    switch rule.coordinates {
    case .halfPixel: (num, offset, den) = (2 * down, down - up, 2 * up)
    case .pytorchHalfPixel:
      (num, offset, den) = output == 1 ? (0, 0, 1) : (2 * down, down - up, 2 * up)
    case .halfPixelSymmetric: (num, offset, den) = (2 * down, input * up - output * down + down - up, 2 * up)
    case .asymmetric: (num, offset, den) = (2 * down, 0, 2 * up)
    case .tensorFlowHalfPixel: (num, offset, den) = (2 * down, down, 2 * up)
    case .alignCorners, .crop: (num, offset, den) = output > 1 ? (input - 1, 0, output - 1) : (0, 0, 1)
    }
  }

  /// True where outputs are mixed by a filter, and not by `nearest` or `linear`.
  var isFiltered: Bool { !isIdentity && (rule.method == .cubic || (rule.method == .linear && isWidened)) }

  /// True where each output is the input of its index.
  var isIdentity: Bool {
    guard input == output, num == den, rule.coordinates != .crop else { return false }
    return rule.method == .nearest ? rounded(position(0)) == 0 : offset == 0
  }

  private var isWidened: Bool { rule.antialias && scale.num < scale.den }

  /// How far from its position an output mixes inputs, in units of `1 / den`; inputs that far away have no weight.
  private var radius: Int {
    let elements = rule.method == .cubic ? 2 : 1
    guard isWidened else { return elements * den }
    return (elements * scale.den * den).dividedUp(by: scale.num)
  }

  /// The input before output `i` or at it, and how far behind that the output lies.
  private func position(_ i: Int) -> (whole: Int, fraction: Double) {
    guard rule.coordinates == .crop else {
      let position = num * i + offset
      let whole = floorDivide(position, den)
      return (whole, Double(position - whole * den) / Double(den))
    }
    let x = cropped(i), whole = x.rounded(.down)
    return (Int(whole), x - whole)
  }

  private func cropped(_ i: Int) -> Double {
    let last = Double(input - 1)
    if output == 1 { return (part.start + part.end) / 2 * last }
    let x = part.start * last + Double(i) * (part.end - part.start) * last / Double(output - 1)
    // Far outside is outside, and so is what is no number.
    return x.isNaN ? -2 : min(max(x, -2), Double(input) + 1)
  }

  private func clamped(_ index: Int) -> Int { min(max(index, 0), input - 1) }

  private func rounded(_ position: (whole: Int, fraction: Double)) -> Int {
    let (whole, fraction) = position
    let isUp =
      switch rule.rounding {
      case .preferFloor: fraction > 0.5
      case .preferCeil: fraction >= 0.5
      case .floor: false
      case .ceil: fraction > 0
      case .simple: fraction > 0 && scale.num < scale.den
      }
    return isUp ? whole + 1 : whole
  }
}

extension ResizeAxis {
  /// The inputs that an output mixes, from `first` on, and their weights, which sum to 1.
  package struct Taps: Sendable, Hashable {
    package var first: Int
    package var weights: [Double]
  }

  /// True for an output of `crop` that lies outside of the axis.
  package func isOutside(_ i: Int) -> Bool {
    guard rule.coordinates == .crop else { return false }
    let x = cropped(i)
    return !(x >= 0 && x <= Double(input - 1))
  }

  /// The input that output `i` is, by `nearest`.
  package func nearest(_ i: Int) -> Int { clamped(rounded(position(i))) }

  /// The two inputs around output `i`, and the weight of the upper one.
  package func linear(_ i: Int) -> (lower: Int, upper: Int, weight: Float) {
    let (whole, fraction) = position(i)
    return (clamped(whole), clamped(fraction == 0 ? whole : whole + 1), Float(fraction))
  }

  /// What output `i` mixes. Inputs beyond the ends have none of the weight, or those at the ends have theirs.
  package func taps(_ i: Int) -> Taps {
    if rule.method == .nearest { return Taps(first: nearest(i), weights: [1]) }
    if isFiltered { return filter(i) }
    let (lower, upper, weight) = linear(i)
    return Taps(first: lower, weights: lower == upper ? [1] : [1 - Double(weight), Double(weight)])
  }

  private func filter(_ i: Int) -> Taps {
    let (whole, fraction) = position(i)
    let shrink = isWidened ? Double(scale.num) / Double(scale.den) : 1
    let (first, last) = (firstFiltered(i), lastFiltered(i))
    let inside = clamped(first)...clamped(last)
    var weights = [Double](repeating: 0, count: inside.count)
    var sum = 0.0
    for source in first...last {
      guard (0..<input).contains(source) || !rule.excludesOutside else { continue }
      let weight = rule.weight((Double(source - whole) - fraction) * shrink)
      weights[clamped(source) - inside.lowerBound] += weight
      sum += weight
    }
    let start = weights.firstIndex { $0 != 0 } ?? 0, end = weights.lastIndex { $0 != 0 } ?? 0
    return Taps(first: inside.lowerBound + start, weights: weights[start...max(start, end)].map { $0 / sum })
  }

  /// The first input, not clamped, that has a weight in output `i`, and the last.
  private func firstFiltered(_ i: Int) -> Int {
    guard rule.coordinates == .crop else { return floorDivide(num * i + offset - radius, den) + 1 }
    return Int((cropped(i) - Double(radius) / Double(den)).rounded(.down)) + 1
  }
  private func lastFiltered(_ i: Int) -> Int {
    guard rule.coordinates == .crop else { return floorDivide(num * i + offset + radius - 1, den) }
    return Int((cropped(i) + Double(radius) / Double(den)).rounded(.up)) - 1
  }
}

extension ResizeAxis {
  /// Which inputs an output depends on: those that have a weight in it. `nil` for `crop`, whose positions are no fractions.
  ///
  /// Of `pytorchHalfPixel`, this holds for pieces that become two outputs or more.
  package var reach: AxisReach? {
    guard rule.coordinates != .crop else { return nil }
    if isIdentity { return .identity }
    return withinEnds(rule.method == .nearest ? nearestReach : mixedReach)
  }

  private var nearestReach: AxisReach {
    // Doubled, so that a half is whole.
    let added =
      switch rule.rounding {
      case .preferFloor: den - 1
      case .preferCeil: den
      case .floor: 0
      case .ceil: 2 * den - 1
      case .simple: scale.num < scale.den ? 2 * den - 1 : 0
      }
    let common = gcd(num, den)
    let low = floorDivide(2 * offset + added, 2 * common)
    return AxisReach(num: num / common, den: den / common, low: low, high: low)
  }

  private var mixedReach: AxisReach {
    let radius = isFiltered ? radius : den
    let common = gcd(gcd(num, den), gcd(abs(offset), radius))
    let (den, offset, far) = (den / common, offset / common, radius / common)
    return AxisReach(num: num / common, den: den, low: offset - far + den, high: offset + far - 1)
  }

  /// An output all of whose inputs lie beyond an end depends on the one at the end.
  private func withinEnds(_ reach: AxisReach) -> AxisReach {
    let before = reach.read(by: 0..<1).upperBound - 1, after = reach.read(by: output - 1..<output).lowerBound
    return AxisReach(
      num: reach.num, den: reach.den, low: reach.low - max(after - (input - 1), 0) * reach.den,
      high: reach.high + max(-before, 0) * reach.den)
  }
}

private func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
