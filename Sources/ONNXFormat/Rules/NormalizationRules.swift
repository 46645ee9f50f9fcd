import Graphs
import ModelFiles
import Ops
import Tensors

let normalizationRules: [OperatorRule] = [
  OperatorRule(
    "BatchNormalization", note: "at inference, with the statistics of the file",
    build: { (site) throws(ImportError) in
      guard try !site.bool("training_mode"), try site.bool("spatial", default: true) else {
        throw site.unsupported("training_mode, or statistics for each pixel")
      }
      site.ignore("momentum", "of running statistics, which training moves")
      if site.opset < 7, try !site.bool("is_test") { throw site.unsupported("is_test of 0") }
      let x = try site.float(0)
      let count = try site.channels(x)
      var parameters: [Value] = []
      for (index, what) in zip(1..., ["scale", "bias", "mean", "variance"]) {
        parameters.append(try site.vector(try site.float(index), count: count, what))
      }
      let op = BatchNorm(epsilon: try site.float("epsilon", default: 1e-5))
      return [
        try site.channelsLast(x) { (x) throws(ImportError) in
          try site.add(op, [x] + parameters, part: site.type(x).rank == 2 ? nil : "image")
        }
      ]
    }),
  OperatorRule(
    "InstanceNormalization", note: "of images and sequences",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      return [try groups(site, x, count: try site.channels(x), site.float(1), site.float(2))]
    }),
  OperatorRule(
    "GroupNormalization", note: "with scale and bias for each group (opset 18) or for each channel (21)",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      try site.requireFloat32("stash_type")
      let (count, channels) = (try site.int("num_groups"), try site.channels(x))
      guard count > 0, channels % count == 0 else {
        throw site.error("\(channels) channels cannot be cut into \(count) groups")
      }
      var parameters = [try site.float(1), try site.float(2)]
      if site.opset < 21, count != channels {
        for (place, what) in ["scale", "bias"].enumerated() {
          let vector = try site.vector(parameters[place], count: count, what)
          parameters[place] = try site.add(Repeat(channels / count, axis: 0), [vector], part: what)
        }
      }
      return [try groups(site, x, count: count, parameters[0], parameters[1])]
    }),
  OperatorRule(
    "LayerNormalization", note: "over the last axes",
    build: { (site) throws(ImportError) in
      let result = try layers(site, .standard)
      guard site.node.outputs.dropFirst().contains(where: { !$0.isEmpty }) else { return [result] }
      return [result] + (try statistics(site))
    }),
  OperatorRule(
    "RMSNormalization", note: "over the last axes",
    build: { (site) throws(ImportError) in [try layers(site, .rootMeanSquare)] }),
  OperatorRule(
    "MeanVarianceNormalization", note: "over any axes",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      let axes = try site.ints("axes") ?? [0, 2, 3]
      return [try standardised(site, x, axes: axes, addend: 1e-9, isAddedToDeviation: true)]
    }),
  OperatorRule(
    "LpNormalization", note: "p of 1 or 2",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      let order = try site.int("p", default: 2), axis = try site.int("axis", default: -1)
      guard order == 1 || order == 2 else { throw site.error("p is \(order)") }
      let norm = try site.add(
        Reduce(kind: order == 1 ? .l1 : .l2, axes: [axis], keepDims: true), [x], part: "norm")
      // Of zeros the quotient is 0.
      let zero = site.constant(0, like: x, part: "zero")
      let isZero = try site.add(Compare(.equal), [norm, zero], part: "is_zero")
      let divisor = try site.add(Where(), [isZero, site.constant(1, like: x, part: "one"), norm], part: "divisor")
      return [try site.add(Binary(.divide), [x, divisor])]
    }),
  OperatorRule(
    "LRN", note: "across channels",
    build: { (site) throws(ImportError) in [try localResponse(site)] }),
]

private func groups(
  _ site: NodeSite, _ x: Value, count: Int, _ scale: Value, _ bias: Value
) throws(ImportError) -> Value {
  let channels = try site.channels(x)
  let parameters = [try site.vector(scale, count: channels, "scale"), try site.vector(bias, count: channels, "bias")]
  let op = GroupNorm(groups: count, epsilon: try site.float("epsilon", default: 1e-5))
  guard site.type(x).rank > 2 else { throw site.unsupported("of \(site.type(x))") }
  return try site.channelsLast(x) { (x) throws(ImportError) in
    try site.add(op, [x] + parameters, part: "image")
  }
}

private func layers(_ site: NodeSite, _ kind: LayerNorm.Kind) throws(ImportError) -> Value {
  let x = try site.float(0), scale = try site.float(1)
  let rank = site.type(x).rank
  try site.requireFloat32("stash_type")
  let first = try site.axis(try site.int("axis", default: -1), rank: rank)
  let epsilon = try site.float("epsilon", default: 1e-5)
  let bias = try site.optional(2) == nil ? nil : site.float(2)
  if first == rank - 1, site.type(scale).rank == 1, let count = site.type(scale).dims[0],
    site.type(x).dims[rank - 1].map({ $0 == count }) ?? true, bias.map({ site.type($0).rank == 1 }) ?? true
  {
    let shift = bias ?? site.constant(Tensor([count], repeating: 0), part: "bias")
    return try site.add(LayerNorm(kind: kind, epsilon: epsilon), [x, scale, shift])
  }
  let axes = Array(first..<rank)
  var result: Value
  if kind == .standard {
    result = try standardised(site, x, axes: axes, addend: Double(epsilon), isAddedToDeviation: false, part: "standard")
  } else {
    result = try scaled(site, x, x, axes: axes, addend: Double(epsilon), isAddedToDeviation: false, part: "standard")
  }
  result = try site.add(Binary(.multiply), [result, scale], part: bias == nil ? nil : "scaled")
  return try bias.map { (bias) throws(ImportError) in try site.add(Binary(.add), [result, bias]) } ?? result
}

/// The mean, and the reciprocal of the deviation, that `LayerNormalization` divides by.
private func statistics(_ site: NodeSite) throws(ImportError) -> [Value] {
  let x = try site.float(0)
  let rank = site.type(x).rank
  let axes = Array(try site.axis(try site.int("axis", default: -1), rank: rank)..<rank)
  let mean = try site.add(Reduce(kind: .mean, axes: axes, keepDims: true), [x], part: "output_mean")
  let centred = try site.add(Binary(.subtract), [x, mean], part: "output_centred")
  let squares = try site.add(Unary(.square), [centred], part: "output_squares")
  let variance = try site.add(Reduce(kind: .mean, axes: axes, keepDims: true), [squares], part: "output_variance")
  let epsilon = site.constant(Double(try site.float("epsilon", default: 1e-5)), like: x, part: "output_epsilon")
  let spread = try site.add(Binary(.add), [variance, epsilon], part: "output_spread")
  return [mean, try site.add(Activate(.rsqrt), [spread], part: "output_deviation")]
}

/// `(x - mean) / sqrt(variance + addend)`, or `(x - mean) / (sqrt(variance) + addend)`.
private func standardised(
  _ site: NodeSite, _ x: Value, axes: [Int], addend: Double, isAddedToDeviation: Bool, part: String? = nil
) throws(ImportError) -> Value {
  let mean = try site.add(Reduce(kind: .mean, axes: axes, keepDims: true), [x], part: "mean")
  let centred = try site.add(Binary(.subtract), [x, mean], part: "centred")
  return try scaled(
    site, centred, centred, axes: axes, addend: addend, isAddedToDeviation: isAddedToDeviation, part: part)
}

/// `x` over the root of the mean square of `y`.
private func scaled(
  _ site: NodeSite, _ x: Value, _ y: Value, axes: [Int], addend: Double, isAddedToDeviation: Bool, part: String?
) throws(ImportError) -> Value {
  let squares = try site.add(Unary(.square), [y], part: "squares")
  var spread = try site.add(Reduce(kind: .mean, axes: axes, keepDims: true), [squares], part: "variance")
  let small = site.constant(addend, like: x, part: "epsilon")
  if isAddedToDeviation { spread = try site.add(Activate(.sqrt), [spread], part: "deviation") }
  spread = try site.add(Binary(.add), [spread, small], part: "spread")
  if !isAddedToDeviation { spread = try site.add(Activate(.sqrt), [spread], part: "deviation") }
  return try site.add(Binary(.divide), [x, spread], part: part)
}

/// `x / (bias + alpha / size * sum of squares of neighbouring channels) ^ beta`.
private func localResponse(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.float(0)
  let size = try site.int("size"), rank = site.type(x).rank
  guard size > 0, size <= 1 << 10 else { throw site.error("size is \(size)") }
  let channels = try site.channels(x)
  var before = [Int](repeating: 0, count: rank), after = before
  (before[1], after[1]) = ((size - 1) / 2, size / 2)
  let squares = try site.add(Unary(.square), [x], part: "squares")
  let padded = try site.add(Pad(before: before, after: after), [squares], part: "padded")
  var sum: Value?
  for offset in 0..<size {
    let part = try site.add(
      Slice([Slice.Axis(1, start: offset, stop: offset + channels)]), [padded], part: "neighbour\(offset)")
    sum =
      try sum.map { (sum) throws(ImportError) in
        try site.add(Binary(.add), [sum, part], part: "sum\(offset)")
      } ?? part
  }
  guard let sum else { return x }
  let factor = Double(try site.float("alpha", default: 0.0001)) / Double(size)
  let weighted = try site.add(
    Binary(.multiply), [sum, site.constant(factor, like: x, part: "alpha")], part: "weighted")
  let base = try site.add(
    Binary(.add), [weighted, site.constant(Double(try site.float("bias", default: 1)), like: x, part: "bias")],
    part: "base")
  let power = site.constant(Double(try site.float("beta", default: 0.75)), like: x, part: "beta")
  let divisor = try site.add(Binary(.power), [base, power], part: "divisor")
  return try site.add(Binary(.divide), [x, divisor])
}
