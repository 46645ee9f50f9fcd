/// How `Resample` finds and mixes the elements of one axis: the attributes of ONNX `Resize`.
package struct ResampleRule: Sendable, Hashable {
  package enum Method: String, Sendable, Hashable { case nearest, linear, cubic }
  /// Where output `i` of `o` lies among `n` inputs, `s` being the scale.
  package enum Coordinates: String, Sendable, Hashable {
    /// `(i + 0.5) / s - 0.5`; `pytorchHalfPixel` is 0 where `o` is 1.
    case halfPixel, pytorchHalfPixel
    /// `halfPixel`, moved so that the middles of inputs and outputs coincide where `n * s` is no integer.
    case halfPixelSymmetric
    /// `i / s`.
    case asymmetric
    /// `i * (n - 1) / (o - 1)`.
    case alignCorners
    /// `(i + 0.5) / s`, for `nearest` with `floor`.
    case tensorFlowHalfPixel
    /// As `alignCorners` within a part of the axis; what lies outside is a constant.
    case crop
  }
  /// How a position becomes the index of the nearest element; `simple` is `ceil` where the axis shrinks, else `floor`.
  package enum Rounding: String, Sendable, Hashable { case preferFloor, preferCeil, floor, ceil, simple }

  package var method: Method
  package var coordinates: Coordinates
  package var rounding: Rounding
  /// The parameter of the cubic.
  package var cubic: Double
  /// Elements beyond the ends do not count, instead of being those at the ends.
  package var excludesOutside: Bool
  /// An axis that shrinks is mixed by a filter as wide as an output element.
  package var antialias: Bool
  /// Of `crop`, for elements outside.
  package var outside: Double

  package init(
    method: Method, coordinates: Coordinates = .halfPixel, rounding: Rounding = .preferFloor, cubic: Double = -0.75,
    excludesOutside: Bool = false, antialias: Bool = false, outside: Double = 0
  ) {
    (self.method, self.coordinates, self.rounding, self.cubic) = (method, coordinates, rounding, cubic)
    (self.excludesOutside, self.antialias, self.outside) = (excludesOutside, antialias, outside)
  }
}

/// One axis that is resampled, its sizes known.
struct ResampledAxis {
  let rule: ResampleRule
  let input: Int, output: Int
  let scale: Double
  /// Start and end of the part that `crop` takes, in units of the axis.
  let part: ResampleRule.Part

  /// What output `i` mixes; nil for an element outside of what is cropped.
  func mixture(_ i: Int) -> [(source: Int, weight: Double)]? {
    let x = position(i)
    if rule.coordinates == .crop, x < 0 || x > Double(input - 1) { return nil }
    if rule.method == .nearest { return [(clamped(nearest(x)), 1)] }
    let shrink = rule.antialias ? min(scale, 1) : 1
    let radius = (rule.method == .linear ? 1 : 2) / shrink
    let first = Int((x - radius).rounded(.up)), last = max(first, Int((x + radius).rounded(.down)))
    var taps = (first...last).map { (source: $0, weight: weight((Double($0) - x) * shrink)) }
    if rule.excludesOutside { taps.removeAll { !(0..<input).contains($0.source) } }
    let sum = taps.reduce(0) { $0 + $1.weight }
    return taps.map { (clamped($0.source), $0.weight / sum) }
  }

  private func clamped(_ index: Int) -> Int { min(max(index, 0), input - 1) }

  private func position(_ i: Int) -> Double {
    let x = Double(i)
    switch rule.coordinates {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .pytorchHalfPixel: return output == 1 ? 0 : (x + 0.5) / scale - 0.5
    case .halfPixelSymmetric:
      let adjustment = Double(output) / (scale * Double(input))
      return Double(input) / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5
    case .asymmetric: return x / scale
    case .alignCorners: return output == 1 ? 0 : x * Double(input - 1) / Double(output - 1)
    case .tensorFlowHalfPixel: return (x + 0.5) / scale
    case .crop:
      let last = Double(input - 1)
      if output == 1 { return (part.start + part.end) / 2 * last }
      return part.start * last + x * (part.end - part.start) * last / Double(output - 1)
    }
  }

  private func nearest(_ x: Double) -> Int {
    let x = min(max(x, -1), Double(input))
    return switch rule.rounding {
    case .preferFloor: Int((x - 0.5).rounded(.up))
    case .preferCeil: Int((x + 0.5).rounded(.down))
    case .floor: Int(x.rounded(.down))
    case .ceil: Int(x.rounded(.up))
    case .simple: scale < 1 ? Int(x.rounded(.up)) : Int(x.rounded(.down))
    }
  }

  /// A triangle, or Keys' cubic.
  private func weight(_ distance: Double) -> Double {
    let (d, a) = (distance.magnitude, rule.cubic)
    if rule.method == .linear { return max(1 - d, 0) }
    if d >= 2 { return 0 }
    return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
  }
}

extension ResampleRule {
  /// A part of an axis between 0, its first element, and 1, its last.
  package struct Part: Sendable, Hashable {
    package var start: Double, end: Double
    package init(start: Double = 0, end: Double = 1) { (self.start, self.end) = (start, end) }
  }
}
