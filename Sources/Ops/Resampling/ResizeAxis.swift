package import Graphs

/// Resampling along one axis, from `input` to `output` elements, with positions in exact integer arithmetic.
package struct ResizeAxis: Sendable, Hashable {
  package var input: Int, output: Int
  package var coordinates: Resize2D.Coordinates
  /// Shrinking, each output mixes all inputs that it covers.
  package var antialias: Bool

  package init(input: Int, output: Int, coordinates: Resize2D.Coordinates = .halfPixel, antialias: Bool = false) {
    (self.input, self.output, self.coordinates, self.antialias) = (input, output, coordinates, antialias)
  }

  /// Output `i` lies at input `(num i + offset) / den`.
  private var ratio: (num: Int, den: Int) {
    guard coordinates == .alignCorners else { return (2 * input, 2 * output) }
    return output > 1 ? (input - 1, output - 1) : (0, 1)
  }
  private var offset: Int { coordinates == .halfPixel ? input - output : 0 }

  /// The input under output `i`: `floor((i + 0.5) * input / output)`, without the halves where coordinates are asymmetric.
  package func nearest(_ i: Int) -> Int {
    if coordinates == .alignCorners { return ratio.num * i / ratio.den }
    return (2 * i * input + (coordinates == .halfPixel ? input : 0)) / (2 * output)
  }

  /// The taps of output `i`, clamped to the input, and the weight of the upper one.
  package func linear(_ i: Int) -> (lower: Int, upper: Int, weight: Float) {
    let (num, den) = ratio
    let position = num * i + offset
    let lower = floorDivide(position, den)
    let remainder = position - lower * den
    let upper = remainder == 0 ? lower : lower + 1
    let inside = 0...input - 1
    return (
      min(max(lower, inside.lowerBound), inside.upperBound), min(max(upper, inside.lowerBound), inside.upperBound),
      Float(Double(remainder) / Double(den))
    )
  }

  /// How far apart the inputs of a filter stand, in its own units.
  private var spread: Double { antialias && output < input ? Double(input) / Double(output) : 1 }

  /// True where outputs are mixed by `filter`, and not by `nearest` or `linear`.
  func isFiltered(_ method: Resize2D.Method) -> Bool {
    method == .bicubic || (method == .bilinear && antialias && output < input)
  }

  /// The inputs that output `i` mixes, from `first` on, and their weights, which sum to 1; inputs beyond the ends have none.
  func filter(_ i: Int, _ method: Resize2D.Method) -> (first: Int, weights: [Double]) {
    let position = Double(ratio.num * i + offset) / Double(ratio.den)
    let radius = Double(method.radius) * spread
    let first = max(Int((position - radius).rounded(.up)), 0)
    let last = min(Int((position + radius).rounded(.down)), input - 1)
    var weights = (first...max(first, last)).map { method.weight((Double($0) - position) / spread) }
    let sum = weights.reduce(0, +)
    for k in weights.indices { weights[k] /= sum }
    return (first, weights)
  }

  /// The inputs that output `i` mixes and their weights.
  package func mixture(_ i: Int, _ method: Resize2D.Method) -> [(source: Int, weight: Double)] {
    if method == .nearest { return [(nearest(i), 1)] }
    if isFiltered(method) {
      let (first, weights) = filter(i, method)
      return weights.enumerated().map { (first + $0, $1) }
    }
    let (lower, upper, weight) = linear(i)
    return [(lower, 1 - Double(weight)), (upper, Double(weight))]
  }

  /// Which inputs an output depends on, in lowest terms.
  package func reach(_ method: Resize2D.Method) -> AxisReach {
    if method == .nearest, coordinates == .alignCorners { return reduced(low: 0, high: 0) }
    if method == .nearest {
      if output % input == 0 { return AxisReach(den: output / input) }
      let low = coordinates == .halfPixel ? input : 0
      if input % output == 0 {
        let factor = input / output
        return AxisReach(num: factor, low: low / (2 * output), high: low / (2 * output))
      }
      return reduced(low: low, high: low)
    }
    if isFiltered(method) {
      let radius = method.radius * (spread > 1 ? ratio.num : ratio.den)
      return reduced(low: offset - radius, high: offset + radius)
    }
    return reduced(low: offset, high: offset, rounded: true)
  }

  /// The reach from `floor((num o + low) / den)` to the same with `high`, the latter rounded up if `rounded`.
  private func reduced(low: Int, high: Int, rounded: Bool = false) -> AxisReach {
    let common = gcd(gcd(ratio.num, ratio.den), gcd(abs(low), abs(high)))
    let den = ratio.den / common
    return AxisReach(
      num: ratio.num / common, den: den, low: low / common, high: high / common + (rounded ? den - 1 : 0))
  }
}

extension Resize2D.Method {
  /// How many inputs on each side a mixture reaches when nothing shrinks.
  var radius: Int {
    switch self {
    case .nearest: 0
    case .bilinear: 1
    case .bicubic: 2
    }
  }

  /// The weight of an input this far away: a triangle, or Keys' cubic with a = -1/2 (Keys 1981).
  func weight(_ distance: Double) -> Double {
    let d = distance.magnitude
    switch self {
    case .nearest: return d <= 0.5 ? 1 : 0
    case .bilinear: return max(1 - d, 0)
    case .bicubic:
      if d >= 2 { return 0 }
      return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : ((-0.5 * d + 2.5) * d - 4) * d + 2
    }
  }
}

private func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
