package import Graphs
package import Tensors

/// Resizing of any axes by a rule of ONNX `Resize`, one axis after the other.
package struct Resize: Op {
  package enum Target: Sendable, Hashable {
    /// The size is the input's times this, rounded down.
    case scale(Float)
    case size(Int)
  }
  package struct Axis: Sendable, Hashable {
    /// Counts from the end if negative.
    package var axis: Int
    package var target: Target
    package var part: ResizeRule.Part

    package init(_ axis: Int, _ target: Target, part: ResizeRule.Part = .init()) {
      (self.axis, self.target, self.part) = (axis, target, part)
    }
  }
  /// Whether sizes are bounds in which the whole keeps its proportions.
  package enum Proportions: String, Sendable, Hashable { case stretch, notLarger, notSmaller }

  package static let name = "resize"

  /// Each at most once.
  package var axes: [Axis]
  package var rule: ResizeRule
  package var proportions: Proportions

  package init(_ axes: [Axis], rule: ResizeRule, proportions: Proportions = .stretch) {
    (self.axes, self.rule, self.proportions) = (axes, rule, proportions)
  }

  package var attributes: String {
    let coordinates = [.halfPixel, .tensorFlowHalfPixel].contains(rule.coordinates) ? "" : " \(rule.coordinates)"
    let text = "\(rule.method.rawValue) \(targets)\(coordinates)" + (rule.antialias ? " antialias" : "")
    return proportions == .stretch ? text : "\(text) \(proportions)"
  }

  private var targets: String {
    if let factors = imageFactors { return "scale=\(factors)" }
    if let size = imageSize { return "size=\(size)" }
    return axes.map { axis in
      switch axis.target {
      case .scale(let scale): "axis=\(axis.axis) scale=\(scale)"
      case .size(let size): "axis=\(axis.axis) size=\(size)"
      }
    }.joined(separator: " ")
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let input = inputs[0]
    guard input.dataType.isFloating || (rule.method == .nearest && input.dataType != .bool) else {
      throw ShapeError("cannot mix elements of \(input)")
    }
    var dims = input.dims
    var seen: Set<Int> = []
    for axis in axes {
      let place = try resolveAxis(axis.axis, rank: input.rank)
      guard seen.insert(place).inserted else { throw ShapeError("axis \(place) is resized twice") }
      try axis.target.check()
      guard dims[place] != 0 else { throw ShapeError("axis \(place) of \(input) is empty") }
      dims[place] = nil
    }
    for axis in axes {
      let place = try resolveAxis(axis.axis, rank: input.rank)
      if case .size(let size) = axis.target, proportions == .stretch { dims[place] = size }
      guard let resolved = resolved(axis, input.dims) else { continue }
      guard (1...Limits.dimension).contains(resolved.size) else {
        throw ShapeError("axis \(place) of \(input) would be of size \(resolved.size)")
      }
      if rule.coordinates == .alignCorners, let input = input.dims[place], case .scale(let scale) = axis.target,
        Double(input) * Double(scale) != Double(resolved.size)
      {
        throw ShapeError("corners are to be aligned, and \(input) times \(scale) is no whole size")
      }
      dims[place] = resolved.size
    }
    return [try checkedType(dims, input.dataType)]
  }

  package func passesOn(_ inputs: [TensorType]) -> Bool {
    guard rule.coordinates != .crop else { return false }
    return axes.allSatisfy { axis in
      // What a scale of 1 does is the same for all sizes.
      let input = inputs[0].dims[axis.place(rank: inputs[0].rank)]
      switch axis.target {
      case .scale(let scale): return scale == 1 && ResizeAxis(rule, input: 2, output: 2).isIdentity
      case .size(let size):
        return proportions == .stretch && size == input && ResizeAxis(rule, input: size, output: size).isIdentity
      }
    }
  }
}

extension Resize.Target {
  fileprivate func check() throws(ShapeError) {
    switch self {
    case .scale(let scale):
      guard scale > 0, scale <= Float(Limits.attribute) else { throw ShapeError("the scale \(scale) is out of range") }
    case .size(let size):
      guard (1...Limits.dimension).contains(size) else { throw ShapeError("the size \(size) is out of range") }
    }
  }
}

extension Resize.Axis {
  func place(rank: Int) -> Int { axis < 0 ? axis + rank : axis }
}

extension Resize {
  /// Size and scale of an axis; `nil` while they are not known.
  private func resolved(_ axis: Axis, _ dims: [Int?]) -> (size: Int, scale: Ratio)? {
    guard let input = dims[axis.place(rank: dims.count)] else { return nil }
    switch axis.target {
    case .scale(let scale):
      let most = Double(Limits.dimension) * 2
      let exact = scale == scale.rounded() ? Double(input) * Double(scale) : Double(Float(input) * scale)
      let size = Int(min(exact, most))
      return (size, size < 1 ? 1 : Ratio(scale))
    case .size(let size):
      guard input > 0 else { return nil }
      guard proportions != .stretch else { return (size, Ratio(size, input)) }
      var scales: [Ratio] = []
      for other in axes {
        guard case .size(let wanted) = other.target, let input = dims[other.place(rank: dims.count)], input > 0
        else { return nil }
        scales.append(Ratio(wanted, input))
      }
      let scale = (proportions == .notLarger ? scales.min { $0.value < $1.value } : scales.max { $0.value < $1.value })
      guard let scale else { return nil }
      return (Int(min(scale.value * Double(input) + 0.5, Double(Limits.dimension) * 2)), scale)
    }
  }

  /// How an axis of a tensor of this shape is resized.
  func along(_ axis: Axis, _ shape: Shape) -> ResizeAxis {
    guard let (size, scale) = resolved(axis, shape.dims.map { $0 }) else {
      preconditionFailure("the sizes of a tensor are known")
    }
    return ResizeAxis(
      rule, input: shape[axis.place(rank: shape.rank)], output: size, scale: scale, part: axis.part)
  }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    var (values, shape) = (inputs[0].elements.doubles, inputs[0].shape)
    // Elements outside of what is cropped, on any axis.
    var isOutside: [Bool]? = rule.coordinates == .crop ? [Bool](repeating: false, count: values.count) : nil
    for axis in axes.reversed() {
      let along = along(axis, inputs[0].shape), place = axis.place(rank: shape.rank)
      let (outer, count, inner) = shape.split(at: place)
      let all = (0..<along.output).map { along.taps($0) }
      var result = [Double](repeating: 0, count: outer * along.output * inner)
      var outside = isOutside.map { _ in [Bool](repeating: false, count: result.count) }
      for o in 0..<outer {
        for (i, taps) in all.enumerated() {
          let target = (o * along.output + i) * inner
          let isBeyond = along.isOutside(i)
          for (k, weight) in taps.weights.enumerated() {
            let source = (o * count + taps.first + k) * inner
            for k in 0..<inner { result[target + k] += weight * values[source + k] }
            if let isOutside { for k in 0..<inner where isOutside[source + k] { outside?[target + k] = true } }
          }
          if isBeyond { for k in 0..<inner { outside?[target + k] = true } }
        }
      }
      (values, isOutside) = (result, outside)
      shape = Shape(shape.dims.enumerated().map { $0 == place ? along.output : $1 })
    }
    if let isOutside { for index in values.indices where isOutside[index] { values[index] = rule.outside } }
    return [Tensor(shape, Tensor.Elements(values, as: inputs[0].dataType))]
  }
}

extension Ratio {
  /// The fraction of small numbers that is nearest to no other float, such as 1/3, else the float itself; the scale must be positive.
  init(_ scale: Float) {
    for den in 1...128 {
      let num = (Double(scale) * Double(den)).rounded()
      if num >= 1, Float(num / Double(den)) == scale {
        self.init(Int(num), den)
        return
      }
    }
    let digits = Int(scale.significandBitPattern | 1 << 23), power = Int(scale.exponent) - 23
    if power < 0 { self.init(digits, 1 << -power) } else { self.init(digits << power) }
  }

  var value: Double { Double(num) / Double(den) }
}
