import Graphs
import ModelFiles
import Ops
import Tensors

/// Normalisation by statistics of the data themselves.
let statisticsRules: [LayerRule] = [
  LayerRule(
    names: ["LayerNormalization"], note: "along any axes", variables: layerNormVariables, build: layerNormalization),
  LayerRule(
    names: ["RMSNormalization"], note: "by the root of the mean square, along the last axes",
    variables: { (_) throws(ImportError) in variables("scale") }
  ) { (site) throws(ImportError) in
    let axes = try site.config.ints("axis") ?? [-1], epsilon = try site.config.float("epsilon", default: 1e-6)
    // Keras repeats the scale as if it belonged to the last axes.
    let rank = site.type(try site.input()).rank
    guard Set(axes.map { $0 < 0 ? $0 + rank : $0 }) == Set((0..<rank).suffix(axes.count)) else {
      throw site.config.unsupported("axes other than the last")
    }
    return try normalized(site, axes, epsilon, .rootMeanSquare, gamma: "scale", beta: nil)
  },
  LayerRule(names: ["UnitNormalization"], note: "to a length of 1 along any axes") { (site) throws(ImportError) in
    try site.unitLength(try site.input(), try site.config.ints("axis") ?? [-1])
  },
  LayerRule(
    names: ["GroupNormalization", "Addons>GroupNormalization"],
    note: "of groups of channels over the whole image, along any axis", variables: gammaAndBetaOf
  ) { (site) throws(ImportError) in
    let groups = try site.config.int("groups", default: 32, in: -1...Limits.dimension)
    return try groupNormalization(site, groups: groups)
  },
  LayerRule(
    names: ["Addons>InstanceNormalization", "InstanceNormalization"],
    note: "of TensorFlow Addons: each channel over the whole image", variables: gammaAndBetaOf
  ) { (site) throws(ImportError) in
    // The layer of this name in other packages adds epsilon to the deviation, not to the variance.
    guard site.entry.isOfAddons || site.config.value(["groups"]) != nil else {
      throw site.config.unsupported("is not the layer of TensorFlow Addons, and others define it otherwise")
    }
    return try groupNormalization(site, groups: -1)
  },
]

@Sendable private func gammaAndBetaOf(_ config: LayerConfig) throws(ImportError) -> [LayerRule.Variable] {
  try gammaAndBeta(config)
}

/// `groups` of -1 are as many as channels.
private func groupNormalization(_ site: LayerSite, groups: Int) throws(ImportError) -> Value {
  let config = site.config
  let axis = try config.int("axis", default: -1, in: -Limits.rank...Limits.rank)
  let epsilon = try config.float("epsilon", default: 1e-3)
  return try site.onLastAxis(axis) { (site, x) throws(ImportError) in
    let channels = try site.lastDimension(x)
    let count = groups == -1 ? channels : groups
    guard count > 0, channels % count == 0 else { throw config.error("groups", "a divisor of \(channels) channels") }
    return try site.add(GroupNorm(groups: count, epsilon: epsilon), [x] + scaleAndShift(site, channels))
  }
}

@Sendable private func layerNormVariables(_ config: LayerConfig) throws(ImportError) -> [LayerRule.Variable] {
  try config.bool("rms_scaling", default: false) ? variables("gamma") : try gammaAndBeta(config)
}

@Sendable private func layerNormalization(_ site: LayerSite) throws(ImportError) -> Value {
  let config = site.config
  let axes = try config.ints("axis") ?? [-1]
  let epsilon = try config.float("epsilon", default: 1e-3)
  // Divides by the deviation, but subtracts no mean.
  let isScaling = try config.bool("rms_scaling", default: false)
  let names = Set(try layerNormVariables(config).map(\.name))
  return try normalized(
    site, axes, epsilon, .standard, gamma: names.contains("gamma") ? "gamma" : nil,
    beta: names.contains("beta") ? "beta" : nil, keepsMean: isScaling)
}

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta` with statistics over `axes`.
private func normalized(
  _ site: LayerSite, _ axes: [Int], _ epsilon: Float, _ kind: LayerNorm.Kind, gamma: String?, beta: String?,
  keepsMean: Bool = false
) throws(ImportError) -> Value {
  guard axes.count == 1, !keepsMean else {
    return try normalizedOverAxes(site, axes, epsilon, kind, gamma: gamma, beta: beta, keepsMean: keepsMean)
  }
  return try site.onLastAxis(axes[0]) { (site, x) throws(ImportError) in
    let channels = try site.lastDimension(x)
    let scale = try parameter(site, gamma, channels, else: 1)
    let shift = try parameter(site, beta, channels, else: 0)
    return try site.add(LayerNorm(kind: kind, epsilon: epsilon), [x, scale, shift])
  }
}

/// A variable per channel, or the same number for all.
private func parameter(
  _ site: LayerSite, _ name: String?, _ channels: Int, else value: Float
) throws(ImportError) -> Value {
  if let name { return try site.weight(name, [channels]) }
  let values = [Float](repeating: value, count: channels)
  return site.constant([channels], values, part: value == 1 ? "ones" : "zeros")
}

/// The same step by step.
private func normalizedOverAxes(
  _ site: LayerSite, _ axes: [Int], _ epsilon: Float, _ kind: LayerNorm.Kind, gamma: String?, beta: String?,
  keepsMean: Bool
) throws(ImportError) -> Value {
  let x = try site.input()
  var places: [Int] = []
  for axis in axes { places.append(try site.place(ofAxis: axis, rank: site.type(x).rank)) }
  places.sort()
  guard Set(places).count == places.count, !places.isEmpty else { throw site.config.error("axis", "different axes") }

  var centred = x
  if kind == .standard {
    let mean = try site.add(Reduce(kind: .mean, axes: places, keepDims: true), [x], part: "mean")
    centred = try site.add(Binary(.subtract), [x, mean], part: "centred")
  }
  let squares = try site.add(Activate(.square), [centred], part: "squares")
  let variance = try site.add(Reduce(kind: .mean, axes: places, keepDims: true), [squares], part: "variance")
  let bound = site.constant([1], [epsilon], part: "epsilon")
  let factor = try site.add(Binary(.add, activation: .rsqrt), [variance, bound], part: "factor")
  let affine: [(Binary.Function, String)] =
    (gamma.map { [(.multiply, $0)] } ?? []) + (beta.map { [(.add, $0)] } ?? [])
  var result = try site.add(
    Binary(.multiply), [keepsMean ? x : centred, factor], part: affine.isEmpty ? nil : "normalized")
  for (place, (function, name)) in affine.enumerated() {
    let value = try variable(site, name, places, of: x)
    result = try site.add(
      Binary(function), [result, value], part: place == affine.count - 1 ? nil : "scaled")
  }
  return result
}

/// A variable over some axes of `x`, in a shape that is repeated to that of `x`.
private func variable(_ site: LayerSite, _ name: String, _ axes: [Int], of x: Value) throws(ImportError) -> Value {
  let dims = site.type(x).dims
  let value = try site.weight(name, axes.map { dims[$0] })
  var shape = [Int](repeating: 1, count: dims.count - axes[0])
  for (axis, size) in zip(axes, site.type(value).dims) { shape[axis - axes[0]] = size ?? 1 }
  return try site.add(Reshape(dims: shape), [value], part: name)
}

extension LayerSite {
  /// A value divided by its length along axes; `part` names it where it is not the layer's last.
  func unitLength(_ x: Value, _ axes: [Int], part: String? = nil) throws(ImportError) -> Value {
    let name = part.map { $0 + "_" } ?? ""
    let squares = try add(Activate(.square), [x], part: name + "squares")
    let sum = try add(Reduce(kind: .sum, axes: axes, keepDims: true), [squares], part: name + "sum")
    // Keras 3 bounds the factor, Keras 2 the sum of squares.
    let isOld = builder.kerasVersion?.hasPrefix("2.") ?? false
    let bound = constant([1], [isOld ? 1e-12 : 1e12], part: name + "bound")
    let factor: Value
    if isOld {
      factor = try add(Binary(.maximum, activation: .rsqrt), [sum, bound], part: name + "factor")
    } else {
      let inverse = try add(Activate(.rsqrt), [sum], part: name + "inverse")
      factor = try add(Binary(.minimum), [inverse, bound], part: name + "factor")
    }
    return try add(Binary(.multiply), [x, factor], part: part)
  }
}
