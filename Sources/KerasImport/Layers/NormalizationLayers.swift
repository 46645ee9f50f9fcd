import Graphs
import ModelFiles
import Ops
import Tensors

let normalizationRules: [LayerRule] =
  [
    LayerRule(
      names: ["BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization"],
      note: "with the moving statistics, along any axis",
      variables: { (config) throws(ImportError) in
        let renorm = try config.bool("renorm", default: false) ? ["moving_stddev", "renorm_mean", "renorm_stddev"] : []
        return try gammaAndBeta(config)
          + (["moving_mean", "moving_variance"] + renorm).map { .init(name: $0, isTrainable: false) }
      }, dependsOnTraining: true, build: batchNormalization),
    LayerRule(names: ["Rescaling"], note: "scale and offset, single or per channel", build: rescaling),
    LayerRule(
      names: ["Normalization"], note: "by mean and variance along any axes, adapted or given; inverted",
      variables: { (config) throws(ImportError) in
        config.value(["mean"]) == nil
          ? ["mean", "variance", "count"].map { .init(name: $0, isTrainable: false) } : []
      }, build: normalization),
  ] + statisticsRules

/// Scale and shift after a normalisation, where the layer has them.
func gammaAndBeta(_ config: LayerConfig) throws(ImportError) -> [LayerRule.Variable] {
  (try config.bool("scale", default: true) ? variables("gamma") : [])
    + (try config.bool("center", default: true) ? variables("beta") : [])
}

/// Gamma and beta per channel; a layer without them has ones and zeros.
func scaleAndShift(_ site: LayerSite, _ channels: Int) throws(ImportError) -> [Value] {
  func parameter(_ flag: String, _ name: String, _ value: Float) throws(ImportError) -> Value {
    try site.config.bool(flag, default: true)
      ? try site.weight(name, [channels])
      : site.constant([channels], [Float](repeating: value, count: channels), part: name)
  }
  return [try parameter("scale", "gamma", 1), try parameter("center", "beta", 0)]
}

@Sendable private func batchNormalization(_ site: LayerSite) throws(ImportError) -> Value {
  let config = site.config
  let axes = try config.ints("axis") ?? [-1]
  guard axes.count == 1 else { throw config.unsupported("axis names \(axes.count) axes instead of one") }
  let op = BatchNorm(epsilon: try config.float("epsilon", default: 1e-3))
  return try site.onLastAxis(axes[0]) { (site, x) throws(ImportError) in
    let channels = try site.lastDimension(x)
    let affine = try scaleAndShift(site, channels)
    let mean = try site.weight("moving_mean", [channels])
    let variance = try site.weight("moving_variance", [channels])
    if let tensor = site.builder.graph.constant(variance), tensor.floats.contains(where: { $0 < 0 }) {
      throw ImportError(.malformed, config.layer, "moving_variance is negative")
    }
    return try site.add(op, [x] + affine + [mean, variance])
  }
}

/// A constant for every element, or one per channel.
///
/// Keras 3 turns a list of scales by the image format of the process that runs it, of which the file says nothing: it
/// stands for the last axis where it fits there, else for the first of `[C, H, W]`.
private func perChannel(
  _ site: LayerSite, _ key: String, _ fallback: Float, _ x: Value, mayComeFirst: Bool = false
) throws(ImportError) -> (shape: Shape, values: [Float]) {
  let values = try site.config.floats(key) ?? [fallback]
  let dims = site.type(x).dims
  if values.count == 1 || values.count == dims.last ?? nil { return ([values.count], values) }
  guard mayComeFirst, dims.count == 4, dims[1] == values.count else {
    throw site.config.error(key, "a number, or one for each channel of \(site.type(x))")
  }
  return ([values.count, 1, 1], values)
}

@Sendable private func rescaling(_ site: LayerSite) throws(ImportError) -> Value {
  let x = try site.input()
  let scale = try perChannel(site, "scale", 1, x, mayComeFirst: true)
  let offset = try perChannel(site, "offset", 0, x)
  let factor = site.constant(scale.shape, scale.values, part: "scale")
  if offset.values.allSatisfy({ $0 == 0 }) { return try site.add(Binary(.multiply), [x, factor]) }
  let scaled = try site.add(Binary(.multiply), [x, factor], part: "scaled")
  return try site.add(Binary(.add), [scaled, site.constant(offset.shape, offset.values, part: "offset")])
}

/// `(x - mean) / max(sqrt(variance), 1e-7)`, or its inverse.
@Sendable private func normalization(_ site: LayerSite) throws(ImportError) -> Value {
  let (config, x) = (site.config, try site.input())
  let (shape, mean, variance) = try statistics(site, x)
  guard variance.allSatisfy({ $0 >= 0 }) else { throw ImportError(.malformed, config.layer, "variance is negative") }
  let divisor = variance.map { max($0.squareRoot(), 1e-7) }
  let centre = site.constant(shape, mean, part: "mean")
  let spread = site.constant(shape, divisor, part: "deviation")
  if try config.bool("invert", default: false) {
    let scaled = try site.add(Binary(.multiply), [x, spread], part: "scaled")
    return try site.add(Binary(.add), [scaled, centre])
  }
  let centred = try site.add(Binary(.subtract), [x, centre], part: "centred")
  return try site.add(Binary(.divide), [centred, spread])
}

/// Mean and variance in a shape that is repeated to that of `x`.
private func statistics(
  _ site: LayerSite, _ x: Value
) throws(ImportError) -> (shape: Shape, mean: [Float], variance: [Float]) {
  let config = site.config, dims = site.type(x).dims
  let given = config.values["axis"].map { $0.isNull } == true ? [] : try config.ints("axis") ?? [-1]
  var kept: [Int] = []
  for axis in given { kept.append(try site.place(ofAxis: axis, rank: dims.count)) }
  kept.sort()
  var sizes: [Int] = []
  for axis in kept {
    guard let size = dims[axis] else {
      throw config.unsupported("axis \(axis) of \(site.type(x)) has an unknown size")
    }
    sizes.append(size)
  }
  func repeated(_ axes: ArraySlice<Int>, _ sizes: ArraySlice<Int>) -> Shape {
    var shape = [Int](repeating: 1, count: dims.count)
    for (axis, size) in zip(axes, sizes) { shape[axis] = size }
    return Shape(Array(shape[(axes.first ?? dims.count)...]))
  }
  guard config.value(["mean"]) != nil else {
    let mean = try site.builder.values(site.entry, "mean", sizes)
    return (repeated(kept[...], sizes[...]), mean, try site.builder.values(site.entry, "variance", sizes))
  }
  let mean = try config.floats("mean") ?? [], variance = try config.floats("variance") ?? []
  // Fewer dimensions than axes belong to the last axes.
  for count in 0...kept.count where sizes.suffix(count).reduce(1, { $0 &* $1 }) == mean.count {
    guard variance.count == mean.count else { break }
    return (repeated(kept.suffix(count), sizes.suffix(count)), mean, variance)
  }
  throw config.error("mean", "a number, or one for each place along axes \(given) of \(site.type(x)), as variance")
}
