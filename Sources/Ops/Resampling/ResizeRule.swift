/// How `Resize` finds and mixes the elements of an axis: the attributes of ONNX `Resize`.
package struct ResizeRule: Sendable, Hashable {
  package enum Method: String, Sendable, Hashable, CaseIterable { case nearest, linear, cubic }
  /// Where output `i` of `o` lies among `n` inputs, `s` being the scale.
  package enum Coordinates: String, Sendable, Hashable, CaseIterable {
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
  package enum Rounding: String, Sendable, Hashable, CaseIterable { case preferFloor, preferCeil, floor, ceil, simple }
  /// A part of an axis between 0, its first element, and 1, its last.
  package struct Part: Sendable, Hashable {
    package var start: Double, end: Double
    package init(start: Double = 0, end: Double = 1) { (self.start, self.end) = (start, end) }
  }

  package var method: Method
  package var coordinates: Coordinates
  package var rounding: Rounding
  /// The parameter of the cubic (Keys 1981).
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

  /// The rule of TensorFlow's and Keras' images: `nearest` reads pixel `floor((i + 0.5) / s)`, cubics have the parameter -1/2, and
  /// filters leave out what lies beyond the border.
  package static func image(
    _ method: Method, coordinates: Coordinates = .halfPixel, antialias: Bool = false
  ) -> ResizeRule {
    let isNearest = method == .nearest
    return ResizeRule(
      method: method, coordinates: isNearest && coordinates == .halfPixel ? .tensorFlowHalfPixel : coordinates,
      rounding: .floor, cubic: -0.5, excludesOutside: method == .cubic || (antialias && !isNearest),
      antialias: antialias && !isNearest)
  }

  /// True where, enlarging by a whole factor `f`, output `i` is input `i / f`, rounded down.
  package var repeatsByWholeFactors: Bool {
    guard method == .nearest else { return false }
    return switch coordinates {
    case .asymmetric: rounding == .floor || rounding == .simple
    case .tensorFlowHalfPixel: rounding == .floor
    // No position lies half-way between two elements.
    case .halfPixel, .pytorchHalfPixel, .halfPixelSymmetric: rounding == .preferFloor || rounding == .preferCeil
    case .alignCorners, .crop: false
    }
  }

  /// True where, by whole factors, output `i` lies at `(i + 0.5) / s - 0.5`.
  package var isCentredByWholeFactors: Bool {
    coordinates == .halfPixel || coordinates == .pytorchHalfPixel || coordinates == .halfPixelSymmetric
  }

  /// The weight of an element this far away, in units of the filter: a triangle, or Keys' cubic.
  func weight(_ distance: Double) -> Double {
    let (d, a) = (distance.magnitude, cubic)
    if method != .cubic { return max(1 - d, 0) }
    if d >= 2 { return 0 }
    return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
  }
}
