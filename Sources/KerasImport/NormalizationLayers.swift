import Graphs
import Ops
import Tensors

let normalizationRules: [LayerRule] = [
  LayerRule(
    names: ["BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization"],
    note: "with the moving statistics",
    variables: { (config) throws(KerasError) in
      (try config.bool("scale", default: true) ? variables("gamma") : [])
        + (try config.bool("center", default: true) ? variables("beta") : [])
        + [.init(name: "moving_mean", isTrainable: false), .init(name: "moving_variance", isTrainable: false)]
    }, dependsOnTraining: true, build: batchNormalization),
  LayerRule(names: ["Rescaling"], note: "scale and offset, single or per channel", build: rescaling),
  LayerRule(
    names: ["Normalization"], note: "by mean and variance per channel, adapted or given",
    variables: { (config) throws(KerasError) in
      config.value(["mean"]) == nil
        ? ["mean", "variance", "count"].map { .init(name: $0, isTrainable: false) } : []
    }, build: normalization),
]

@Sendable private func batchNormalization(_ site: LayerSite) throws(KerasError) -> Value {
  let (config, x) = (site.config, try site.input())
  let rank = site.type(x).rank
  let axis = try config.ints("axis") ?? [-1]
  guard axis == [-1] || axis == [rank - 1] else {
    throw config.unsupported("axis \(axis) of \(site.type(x))", hint: "only the last axis is supported")
  }
  if try config.bool("renorm", default: false) { throw config.unsupported("renorm") }
  let channels = try site.lastDimension(x)
  func parameter(_ flag: String, _ name: String, _ value: Float) throws(KerasError) -> Value {
    try config.bool(flag, default: true)
      ? try site.weight(name, [channels])
      : site.constant([channels], [Float](repeating: value, count: channels), part: name)
  }
  let gamma = try parameter("scale", "gamma", 1)
  let beta = try parameter("center", "beta", 0)
  let mean = try site.weight("moving_mean", [channels])
  let variance = try site.weight("moving_variance", [channels])
  if let tensor = site.builder.graph.constant(variance), tensor.floats.contains(where: { $0 < 0 }) {
    throw KerasError(.malformed, config.layer, "moving_variance is negative")
  }
  let op = BatchNorm(epsilon: try config.float("epsilon", default: 1e-3))
  return try site.add(op, [x, gamma, beta, mean, variance])
}

/// A constant for every element, or one per channel.
private func perChannel(_ site: LayerSite, _ key: String, _ fallback: Float, _ x: Value) throws(KerasError) -> [Float] {
  let values = try site.config.floats(key) ?? [fallback]
  guard values.count == 1 || values.count == site.type(x).dims.last ?? nil else {
    throw site.config.error(key, "a number, or one for each channel of \(site.type(x))")
  }
  return values
}

@Sendable private func rescaling(_ site: LayerSite) throws(KerasError) -> Value {
  let x = try site.input()
  let scale = try perChannel(site, "scale", 1, x)
  let offset = try perChannel(site, "offset", 0, x)
  let factor = site.constant([scale.count], scale, part: "scale")
  if offset.allSatisfy({ $0 == 0 }) { return try site.add(Binary(.multiply), [x, factor]) }
  let scaled = try site.add(Binary(.multiply), [x, factor], part: "scaled")
  return try site.add(Binary(.add), [scaled, site.constant([offset.count], offset, part: "offset")])
}

/// `(x - mean) / max(sqrt(variance), 1e-7)`, or its inverse.
@Sendable private func normalization(_ site: LayerSite) throws(KerasError) -> Value {
  let (config, x) = (site.config, try site.input())
  let axis = try config.ints("axis")
  let rank = site.type(x).rank
  guard axis == nil || axis == [-1] || axis == [rank - 1] else {
    throw config.unsupported("axis \(axis ?? []) of \(site.type(x))", hint: "only the last axis is supported")
  }
  let channels = axis == nil ? 1 : try site.lastDimension(x)
  let mean: [Float]
  let variance: [Float]
  if config.value(["mean"]) != nil {
    (mean, variance) = (try perChannel(site, "mean", 0, x), try perChannel(site, "variance", 1, x))
  } else {
    let shape: [Int] = axis == nil ? [] : [channels]
    (mean, variance) = (
      try site.builder.values(site.entry, "mean", shape), try site.builder.values(site.entry, "variance", shape)
    )
  }
  guard variance.allSatisfy({ $0 >= 0 }) else { throw KerasError(.malformed, config.layer, "variance is negative") }
  let divisor = variance.map { max($0.squareRoot(), 1e-7) }
  let center = site.constant([mean.count], mean, part: "mean")
  let spread = site.constant([divisor.count], divisor, part: "deviation")
  if try config.bool("invert", default: false) {
    let scaled = try site.add(Binary(.multiply), [x, spread], part: "scaled")
    return try site.add(Binary(.add), [scaled, center])
  }
  let centred = try site.add(Binary(.subtract), [x, center], part: "centred")
  return try site.add(Binary(.divide), [centred, spread])
}
