import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let resamplingRules: [OperatorRule] = [
  OperatorRule(
    "Upsample", note: "nearest and linear, by scales",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      let mode = try site.string("mode", default: "nearest")
      guard let method = methods[mode], method != .cubic else { throw site.error("mode is \(printable(mode))") }
      let rule = ResizeRule(method: method, coordinates: .asymmetric, rounding: .floor)
      if site.opset < 7 {
        let scales = [1, 1, try site.float("height_scale"), try site.float("width_scale")]
        guard site.type(x).rank == 4 else { throw site.error("takes an image [N, C, H, W], gets \(site.type(x))") }
        let values = site.constant(Tensor([4], scales), part: "scales")
        return [try resized(site, x, values, isSizes: false, axes: Array(0..<4), rule)]
      }
      if site.opset < 9 {
        guard let scales = try site.floats("scales") else { throw site.error("lacks scales") }
        let values = site.constant(Tensor([scales.count], scales), part: "scales")
        return [try resized(site, x, values, isSizes: false, axes: Array(0..<site.type(x).rank), rule)]
      }
      return [try resized(site, x, try site.input(1), isSizes: false, axes: Array(0..<site.type(x).rank), rule)]
    }),
  OperatorRule(
    "Resize", note: "nearest, linear and cubic of any axes, by scales or sizes; all coordinate modes, antialias",
    build: { (site) throws(ImportError) in [try resize(site)] }),
]

private let methods: [String: ResizeRule.Method] = [
  "nearest": .nearest, "linear": .linear, "bilinear": .linear, "cubic": .cubic,
]

let resizeCoordinates: [String: ResizeRule.Coordinates] = [
  "half_pixel": .halfPixel, "pytorch_half_pixel": .pytorchHalfPixel, "half_pixel_symmetric": .halfPixelSymmetric,
  "asymmetric": .asymmetric, "align_corners": .alignCorners, "tf_half_pixel_for_nn": .tensorFlowHalfPixel,
  "tf_crop_and_resize": .crop,
]

let resizeRoundings: [String: ResizeRule.Rounding] = [
  "round_prefer_floor": .preferFloor, "round_prefer_ceil": .preferCeil, "floor": .floor, "ceil": .ceil,
]

private let proportionsByName: [String: Resize.Proportions] = [
  "stretch": .stretch, "not_larger": .notLarger, "not_smaller": .notSmaller,
]

private func choice<T>(
  _ site: NodeSite, _ name: String, default fallback: String, _ known: [String: T]
) throws(ImportError) -> T {
  let text = try site.string(name, default: fallback)
  guard let value = known[text] else { throw site.error("\(name) is \(printable(text)), which does not exist") }
  return value
}

private func resize(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.input(0)
  let rank = site.type(x).rank
  let method = try choice(site, "mode", default: "nearest", methods)
  if site.opset < 11 {
    let rule = ResizeRule(method: method, coordinates: .asymmetric, rounding: .simple)
    guard method != .cubic else { throw site.error("mode is cubic") }
    return try resized(site, x, try site.input(1), isSizes: false, axes: Array(0..<rank), rule)
  }
  var rule = ResizeRule(
    method: method,
    coordinates: try choice(site, "coordinate_transformation_mode", default: "half_pixel", resizeCoordinates),
    rounding: try choice(site, "nearest_mode", default: "round_prefer_floor", resizeRoundings),
    cubic: Double(try site.float("cubic_coeff_a", default: -0.75)),
    excludesOutside: try site.bool("exclude_outside"), antialias: try site.bool("antialias"),
    outside: Double(try site.float("extrapolation_value", default: 0)))
  if rule.coordinates == .tensorFlowHalfPixel, method != .nearest { rule.coordinates = .halfPixel }
  var axes = Array(0..<rank)
  if let given = try site.ints("axes") {
    axes = try given.map { (axis) throws(ImportError) in try site.axis(axis, rank: rank) }
  }
  let proportions = try choice(site, "keep_aspect_ratio_policy", default: "stretch", proportionsByName)
  let scales = site.optional(2).flatMap { site.type($0).dims == [0] ? nil : $0 }
  let sizes = site.optional(3).flatMap { site.type($0).dims == [0] ? nil : $0 }
  guard (scales == nil) != (sizes == nil), let values = scales ?? sizes else {
    throw site.error("needs either scales or sizes")
  }
  var parts: [Int: ResizeRule.Part] = [:]
  if rule.coordinates == .crop {
    guard let region = site.optional(1), let tensor = site.known(region), tensor.shape.count == 2 * axes.count else {
      throw site.unsupported("tf_crop_and_resize without a region that is known beforehand")
    }
    let numbers = tensor.doubles
    for (place, axis) in axes.enumerated() {
      parts[axis] = .init(start: numbers[place], end: numbers[axes.count + place])
    }
  }
  return try resized(
    site, x, values, isSizes: sizes != nil, axes: axes, rule, proportions: proportions, parts: parts)
}

/// Resizes in NHWC where `x` is an image whose batch and channels stay as they are.
private func resized(
  _ site: NodeSite, _ x: Value, _ values: Value, isSizes: Bool, axes: [Int], _ rule: ResizeRule,
  proportions: Resize.Proportions = .stretch, parts: [Int: ResizeRule.Part] = [:]
) throws(ImportError) -> Value {
  let type = site.type(x)
  guard let tensor = site.known(values) else {
    guard parts.isEmpty else { throw site.unsupported("tf_crop_and_resize with computed sizes") }
    guard type.rank == 4, type.dataType == .float32 else {
      return try site.add(
        DynamicResize(axes: axes, isSizes: isSizes, rule: rule, proportions: proportions), [x, values])
    }
    // Axis k of `[N, C, H, W]` stands at this place of `[N, H, W, C]`.
    let moved = axes.map { [0, 3, 1, 2][$0] }
    let op = DynamicResize(axes: moved, isSizes: isSizes, rule: rule, proportions: proportions)
    return try site.onImages(x) { (image) throws(ImportError) in try site.add(op, [image, values], part: "image") }
  }
  let numbers = tensor.doubles
  guard numbers.count == axes.count, numbers.allSatisfy({ $0 > 0 && $0 <= Double(Limits.dimension) }) else {
    throw site.error("needs \(axes.count) scales or sizes above 0, gets \(numbers)")
  }
  var targets: [Resize.Axis] = []
  for (axis, number) in zip(axes, numbers) {
    // The exporter saw a batch of one.
    let isSame = isSizes ? Double(type.dims[axis] ?? (axis == 0 ? 1 : 0)) == number : number == 1
    // All take part where sizes keep their proportions.
    if isSame, rule.coordinates != .crop, proportions == .stretch { continue }
    targets.append(
      Resize.Axis(axis, isSizes ? .size(Int(number)) : .scale(Float(number)), part: parts[axis] ?? .init()))
  }
  if isSizes, proportions == .stretch { targets = multiples(targets, of: type) }
  guard type.rank == 4, type.dataType == .float32, targets.allSatisfy({ $0.axis > 1 }) else {
    return try site.add(Resize(targets, rule: rule, proportions: proportions), [x])
  }
  for place in targets.indices { targets[place].axis -= 1 }
  let op = Resize(targets, rule: rule, proportions: proportions)
  return try site.onImages(x) { (image) throws(ImportError) in try site.add(op, [image], part: "image") }
}

/// Exporters that saw a single size of the image write the sizes of all that is made of it. Where each is a multiple of what it
/// is resized from, the multiples say the same for that size and fit others too. A single pixel is the whole image of some
/// pooling, which other sizes have as well, so that no multiple of it fits them.
private func multiples(_ targets: [Resize.Axis], of type: TensorType) -> [Resize.Axis] {
  var result = targets
  for place in result.indices {
    guard case .size(let size) = result[place].target, let own = type.dims[result[place].axis], own > 1, size % own == 0
    else { return targets }
    result[place].target = .scale(Float(size / own))
  }
  return result
}
