package import Graphs
package import Tensors

/// Resampling of any axes by the rules of ONNX `Resize`. What `Resize2D` does the same becomes that when sizes are known.
package struct Resample: Op {
  package enum Target: Sendable, Hashable {
    /// The size is the input's times this, rounded down.
    case scale(Float)
    case size(Int)
  }
  package struct Axis: Sendable, Hashable {
    /// Counts from the end if negative.
    package var axis: Int
    package var target: Target
    package var part: ResampleRule.Part

    package init(_ axis: Int, _ target: Target, part: ResampleRule.Part = .init()) {
      (self.axis, self.target, self.part) = (axis, target, part)
    }
  }
  /// Whether sizes are bounds in which the whole keeps its proportions.
  package enum Proportions: String, Sendable, Hashable { case stretch, notLarger, notSmaller }

  package static let name = "resample"

  /// Each at most once.
  package var axes: [Axis]
  package var rule: ResampleRule
  package var proportions: Proportions

  package init(_ axes: [Axis], rule: ResampleRule, proportions: Proportions = .stretch) {
    (self.axes, self.rule, self.proportions) = (axes, rule, proportions)
  }

  package var attributes: String {
    let targets = axes.map { axis in
      switch axis.target {
      case .scale(let scale): "axis=\(axis.axis) scale=\(scale)"
      case .size(let size): "axis=\(axis.axis) size=\(size)"
      }
    }
    return "\(rule.method.rawValue) \(rule.coordinates.rawValue) " + targets.joined(separator: ", ")
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
      guard seen.insert(place).inserted else { throw ShapeError("axis \(place) is resampled twice") }
      switch axis.target {
      case .scale(let scale):
        guard scale > 0, scale <= Float(Limits.attribute) else {
          throw ShapeError("the scale \(scale) is out of range")
        }
      case .size(let size):
        guard (1...Limits.dimension).contains(size) else { throw ShapeError("the size \(size) is out of range") }
      }
      guard dims[place] != 0 else { throw ShapeError("axis \(place) of \(input) is empty") }
      dims[place] = nil
    }
    for axis in axes {
      let place = try resolveAxis(axis.axis, rank: input.rank)
      if let resolved = resolved(axis, input.dims) {
        guard (1...Limits.dimension).contains(resolved.size) else {
          throw ShapeError("axis \(place) of \(input) would be of size \(resolved.size)")
        }
        if rule.coordinates == .alignCorners, let input = input.dims[place],
          Double(input) * resolved.scale != Double(resolved.size), case .scale = axis.target
        {
          throw ShapeError("corners are to be aligned, and \(input) times \(resolved.scale) is no whole size")
        }
        dims[place] = resolved.size
      }
    }
    return [try checkedType(dims, input.dataType)]
  }

  package func settled(_ inputs: [TensorType], _ constants: [Tensor?]) throws(ShapeError) -> Settled? {
    image(inputs[0]).map { Settled($0, inputs: 1) }
  }

  /// Size and scale of an axis; nil while they are not known.
  private func resolved(_ axis: Axis, _ dims: [Int?]) -> (size: Int, scale: Double)? {
    guard let input = dims[axis.axis < 0 ? axis.axis + dims.count : axis.axis] else { return nil }
    switch axis.target {
    case .scale(let scale):
      return (Int(min(Float(input) * scale, Float(Limits.dimension) * 2)), Double(scale))
    case .size(let size):
      guard proportions != .stretch else { return (size, Double(size) / Double(input)) }
      var scales: [Double] = []
      for other in axes {
        guard case .size(let wanted) = other.target,
          let input = dims[other.axis < 0 ? other.axis + dims.count : other.axis], input > 0
        else { return nil }
        scales.append(Double(wanted) / Double(input))
      }
      let scale = (proportions == .notLarger ? scales.min() : scales.max()) ?? 1
      return (Int(min(scale * Double(input) + 0.5, Double(Limits.dimension) * 2)), scale)
    }
  }
}

extension Resample {
  /// The same as an operator on NHWC images; nil where there is none, or sizes are not known that decide it.
  package func image(_ type: TensorType) -> Resize2D? {
    guard type.dataType == .float32, type.rank == 4, proportions == .stretch, !rule.antialias, rule.method != .cubic,
      !(rule.excludesOutside && rule.method == .nearest)
    else { return nil }
    var factors: [Int?] = [1, 1, 1, 1], sizes = type.dims
    for axis in axes {
      let place = axis.axis < 0 ? axis.axis + 4 : axis.axis
      guard type.dims.indices.contains(place) else { return nil }
      switch axis.target {
      case .scale(let scale):
        factors[place] = Int(exactly: scale)
        let resolved = resolved(axis, type.dims)
        let isExact = type.dims[place].map { Double($0) * Double(scale) == Double(resolved?.size ?? 0) } ?? false
        sizes[place] = isExact ? resolved?.size : nil
      case .size(let size):
        factors[place] = type.dims[place].flatMap { $0 > 0 && size % $0 == 0 ? size / $0 : nil }
        sizes[place] = size
      }
    }
    for place in [0, 3] where factors[place] != 1 { return nil }
    guard let coordinates = coordinates(isUpscaling: factors[1] != nil && factors[2] != nil) else { return nil }
    let method: Resize2D.Method = rule.method == .nearest ? .nearest : .bilinear
    if rule.coordinates == .pytorchHalfPixel, sizes[1] ?? 1 < 2 || sizes[2] ?? 1 < 2 { return nil }
    if let rows = factors[1], let columns = factors[2],
      axes.allSatisfy({ if case .scale = $0.target { true } else { false } })
    {
      return Resize2D(method: method, target: .scale(Pair(rows, columns)), coordinates: coordinates)
    }
    guard let rows = sizes[1], let columns = sizes[2] else { return nil }
    return Resize2D(method: method, target: .size(Pair(rows, columns)), coordinates: coordinates)
  }

  private func coordinates(isUpscaling: Bool) -> Resize2D.Coordinates? {
    switch (rule.method, rule.coordinates) {
    case (.linear, .halfPixel), (.linear, .pytorchHalfPixel): .halfPixel
    case (.linear, .asymmetric): .asymmetric
    case (.linear, .alignCorners): .alignCorners
    case (.nearest, .asymmetric) where rule.rounding == .floor || (rule.rounding == .simple && isUpscaling): .asymmetric
    case (.nearest, .tensorFlowHalfPixel) where rule.rounding == .floor: .halfPixel
    // With whole factors no position lies between two elements.
    case (.nearest, .halfPixel) where isUpscaling && [.preferFloor, .preferCeil].contains(rule.rounding): .halfPixel
    default: nil
    }
  }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let dims = inputs[0].shape.dims
    var (values, shape) = (inputs[0].elements.doubles, inputs[0].shape)
    // Elements outside of what is cropped, on any axis.
    var isOutside: [Bool]? = rule.coordinates == .crop ? [Bool](repeating: false, count: values.count) : nil
    for axis in axes {
      let place = axis.axis < 0 ? axis.axis + dims.count : axis.axis
      guard let (size, scale) = resolved(axis, dims) else { preconditionFailure("the sizes of a tensor are known") }
      let along = ResampledAxis(rule: rule, input: dims[place], output: size, scale: scale, part: axis.part)
      let (outer, count, inner) = shape.split(at: place)
      let mixtures = (0..<size).map { along.mixture($0) }
      var result = [Double](repeating: 0, count: outer * size * inner)
      var outside = isOutside.map { _ in [Bool](repeating: false, count: result.count) }
      for o in 0..<outer {
        for (i, mixture) in mixtures.enumerated() {
          let target = (o * size + i) * inner
          for tap in mixture ?? [] {
            let source = (o * count + tap.source) * inner
            for k in 0..<inner { result[target + k] += tap.weight * values[source + k] }
            if let isOutside { for k in 0..<inner where isOutside[source + k] { outside?[target + k] = true } }
          }
          if mixture == nil { for k in 0..<inner { outside?[target + k] = true } }
        }
      }
      values = result
      isOutside = outside
      shape = Shape(shape.dims.enumerated().map { $0 == place ? size : $1 })
    }
    if let isOutside { for index in values.indices where isOutside[index] { values[index] = rule.outside } }
    return [Tensor(shape, Tensor.Elements(values, as: inputs[0].dataType))]
  }

  package func passesOn(_ inputs: [TensorType]) -> Bool { axes.isEmpty }

  package func reach(_ inputs: [TensorType]) -> [Reach] { globalReach(count: 1) }
}

/// `Resample` of axes with scales, or sizes, that are the second input.
package struct DynamicResample: DeferredOp {
  package static let name = "dynamic_resample"

  /// In the order of the values.
  package var axes: [Int]
  package var isSizes: Bool
  package var rule: ResampleRule
  package var proportions: Resample.Proportions

  package init(axes: [Int], isSizes: Bool, rule: ResampleRule, proportions: Resample.Proportions = .stretch) {
    (self.axes, self.isSizes, self.rule, self.proportions) = (axes, isSizes, rule, proportions)
  }

  package var attributes: String { "\(rule.method.rawValue) \(rule.coordinates.rawValue)" }

  package var dataInputs: Int { 1 }
  package var valueNames: [String] { [isSizes ? "sizes" : "scales"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    let numbers = values[0].elements.doubles
    guard numbers.count == axes.count else {
      throw ShapeError("needs \(axes.count) \(valueNames[0]), gets \(numbers.count)")
    }
    var targets: [Resample.Axis] = []
    for (axis, number) in zip(axes, numbers) {
      let target: Resample.Target = isSizes ? .size(nearest(number)) : .scale(Float(number))
      let isSame = axis < data[0].rank && axis >= 0 && isSizes && data[0].dims[axis] == nearest(number)
      if !isSame && target != .scale(1) { targets.append(Resample.Axis(axis, target)) }
    }
    let op = Resample(targets, rule: rule, proportions: proportions)
    return op.image(data[0]) ?? op
  }

  package func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    var dims = inputs[0].dims
    let known = isSizes && proportions == .stretch ? inputs[1].elements : nil
    for (place, axis) in axes.enumerated() {
      let axis = try resolveAxis(axis, rank: dims.count)
      dims[axis] = known.flatMap { place < $0.count ? $0[place] : nil }
    }
    return [try checkedType(dims, inputs[0].dataType)]
  }
}
