import Graphs
import ModelFiles
import Ops
import Tensors

let reducingOperations: [OperationRule] =
  [
    ("Sum", "reduce_sum", Reduce.Kind.sum), ("Prod", "reduce_prod", .product),
    ("Logsumexp", "reduce_logsumexp", .logSumExp),
  ].map { name, symbol, kind in
    OperationRule(name, "x axis keepdims dtype", tensorFlow: ["math.\(symbol) \(symbol)": reduction], note: note) {
      (site) throws(ImportError) in
      let x = try site.tensor("x")
      return [try reduce(site, kind, kind == .logSumExp ? try site.float(x) : try counted(site, x))]
    }
  }
  + [("Max Amax", "reduce_max", Reduce.Kind.max), ("Min Amin", "reduce_min", .min)].map { names, symbol, kind in
    OperationRule(names, "x axis keepdims initial", tensorFlow: ["math.\(symbol) \(symbol)": reduction], note: note) {
      (site) throws(ImportError) in
      guard let initial = try site.number("initial") else { return [try reduce(site, kind, try site.tensor("x"))] }
      let value = try reduce(site, kind, try site.tensor("x"), part: "reduced")
      let bound = site.constant(initial, like: value, part: "initial")
      return [try site.add(Binary(kind == .max ? .maximum : .minimum), [value, bound])]
    }
  }
  + [("Any", "reduce_any", Reduce.Kind.max), ("All", "reduce_all", .min)].map { name, symbol, kind in
    OperationRule(name, "x axis keepdims", tensorFlow: ["math.\(symbol) \(symbol)": reduction], note: note) {
      (site) throws(ImportError) in
      [try reduce(site, kind, try site.condition(try site.tensor("x"), part: "bool"))]
    }
  }
  + [
    OperationRule(
      "Mean", "x axis keepdims", tensorFlow: ["math.reduce_mean reduce_mean": reduction], note: note
    ) { (site) throws(ImportError) in [try reduce(site, .mean, try site.float(try site.tensor("x")))] },
    OperationRule("Average", "x axis weights", note: "without weights") { (site) throws(ImportError) in
      guard site.argument("weights").isNull else { throw site.config.unsupported("weights") }
      return [try reduce(site, .mean, try site.float(try site.tensor("x")))]
    },
    OperationRule("Var", "x axis keepdims", tensorFlow: ["math.reduce_variance": reduction], note: note) {
      (site) throws(ImportError) in [try moments(site, try axes(site), keepDims: try site.bool("keepdims")).variance()]
    },
    OperationRule("Std", "x axis keepdims", tensorFlow: ["math.reduce_std": reduction], note: note) {
      (site) throws(ImportError) in
      let variance = try moments(site, try axes(site), keepDims: try site.bool("keepdims")).variance("variance")
      return [try site.add(Activate(.sqrt), [variance])]
    },
    OperationRule(
      "Moments", "x axes keepdims synchronized",
      tensorFlow: ["nn.moments": "x axes shift= keepdims"], note: "mean and variance"
    ) { (site) throws(ImportError) in
      let x = try site.tensor("x")
      let axes = try site.axes("axes", of: x) ?? Array(0..<site.type(x).rank)
      let moments = try moments(site, axes, keepDims: try site.bool("keepdims"))
      return [try moments.mean(), try moments.variance("variance")]
    },
    OperationRule(
      "Argmax", "x axis keepdims", tensorFlow: ["math.argmax argmax compat.v1.argmax": "input=x axis output_type="],
      note: "along one axis"
    ) { (site) throws(ImportError) in [try argument(site, smallest: false)] },
    OperationRule(
      "Argmin", "x axis keepdims", tensorFlow: ["math.argmin argmin": "input=x axis output_type="],
      note: "along one axis"
    ) { (site) throws(ImportError) in [try argument(site, smallest: true)] },
    OperationRule(
      "Norm", "x ord axis keepdims",
      tensorFlow: [
        "norm linalg.norm": "tensor=x ord axis keepdims",
        "compat.v1.norm": "tensor=x ord axis keepdims name= keep_dims=",
      ],
      note: "of vectors: 1, 2 or the largest magnitude", build: norm),
    OperationRule(
      "EuclideanNorm", "x axis keepdims", tensorFlow: ["math.reduce_euclidean_norm": reduction], note: note
    ) { (site) throws(ImportError) in [try reduce(site, .l2, try site.float(try site.tensor("x")))] },
    OperationRule("Normalize", "x axis order epsilon", note: "by the norm of vectors", build: normalize),
    OperationRule(
      "L2Normalize", "x axis epsilon",
      tensorFlow: ["math.l2_normalize nn.l2_normalize linalg.l2_normalize": "x axis epsilon"],
      note: "by the norm of vectors"
    ) { (site) throws(ImportError) in
      let x = try site.float(try site.tensor("x"))
      let sum = try reduce(site, .sumOfSquares, x, keepDims: true, part: "sum")
      let least = site.constant(try site.number("epsilon") ?? 1e-12, like: x, part: "epsilon")
      let bounded = try site.add(Binary(.maximum), [sum, least], part: "bounded")
      return [try site.add(Binary(.multiply), [x, try site.add(Activate(.rsqrt), [bounded], part: "factor")])]
    },
  ]

private let note = "over any axes"
private let reduction = "input_tensor=x axis keepdims"

/// The axes given, or all.
private func axes(_ site: OperationSite) throws(ImportError) -> [Int] {
  let x = try site.tensor("x")
  return try site.axes("axis", of: x) ?? Array(0..<site.type(x).rank)
}

private func reduce(
  _ site: OperationSite, _ kind: Reduce.Kind, _ x: Value, keepDims: Bool? = nil, part: String? = nil
) throws(ImportError) -> Value {
  let keepDims = if let keepDims { keepDims } else { try site.bool("keepdims") }
  return try site.add(Reduce(kind: kind, axes: try axes(site), keepDims: keepDims), [x], part: part)
}

/// Bools as numbers that can be added.
private func counted(_ site: OperationSite, _ x: Value) throws(ImportError) -> Value {
  site.type(x).dataType == .bool ? try site.cast(x, .int32, part: "int") : x
}

private struct Moments {
  let site: OperationSite
  let x: Value
  let axes: [Int]
  let keepDims: Bool

  func mean() throws(ImportError) -> Value {
    try site.add(Reduce(kind: .mean, axes: axes, keepDims: keepDims), [x], part: "mean")
  }

  func variance(_ part: String? = nil) throws(ImportError) -> Value {
    let mean = try site.add(Reduce(kind: .mean, axes: axes, keepDims: true), [x], part: "centre")
    let centred = try site.add(Binary(.subtract), [x, mean], part: "centred")
    let square = try site.add(Activate(.square), [centred], part: "square")
    return try site.add(Reduce(kind: .mean, axes: axes, keepDims: keepDims), [square], part: part)
  }
}

private func moments(_ site: OperationSite, _ axes: [Int], keepDims: Bool) throws(ImportError) -> Moments {
  Moments(site: site, x: try site.float(try site.tensor("x")), axes: axes, keepDims: keepDims)
}

private func argument(_ site: OperationSite, smallest: Bool) throws(ImportError) -> Value {
  var x = try site.tensor("x")
  var axis = 0
  if site.argument("axis").isNull, !site.isTensorFlow {
    // Keras counts through all elements.
    x = try site.add(Reshape(dims: [-1]), [x], part: "flat")
  } else {
    axis = try site.axis("axis", of: x, default: 0)
  }
  return try site.add(ArgMax(axis: axis, keepDims: try site.bool("keepdims"), smallest: smallest), [x])
}

@Sendable private func norm(_ site: OperationSite) throws(ImportError) -> [Value] {
  let x = try site.float(try site.tensor("x"))
  let axes = try axes(site)
  var kind = Reduce.Kind.l2
  switch site.argument("ord") {
  case .null, .string("euclidean"): kind = .l2
  case .string("fro") where axes.count == 2: kind = .l2
  case let order where axes.count == 1 && order.number == 2: kind = .l2
  case let order where axes.count == 1 && order.number == 1: kind = .l1
  case let order where axes.count == 1 && order.number == .infinity:
    return [try reduce(site, .max, try site.add(Activate(.abs), [x], part: "magnitude"))]
  default: throw site.config.unsupported("this ord")
  }
  return [try reduce(site, kind, x)]
}

/// `x` over its norm along some axes, where that is above epsilon.
@Sendable private func normalize(_ site: OperationSite) throws(ImportError) -> [Value] {
  let x = try site.float(try site.tensor("x"))
  let axes = try site.argument("axis").isNull ? axes(site) : site.axes("axis", of: x) ?? []
  let epsilon = try site.number("epsilon") ?? 1e-7
  let order = try site.int("order", default: 2)
  guard order == 1 || order == 2 else { throw site.config.unsupported("order \(order)") }
  if order == 2 {
    let sum = try site.add(Reduce(kind: .sumOfSquares, axes: axes, keepDims: true), [x], part: "sum")
    let inverse = try site.add(Activate(.rsqrt), [sum], part: "inverse")
    let bound = site.constant(1 / epsilon, like: x, part: "bound")
    let factor = try site.add(Binary(.minimum), [inverse, bound], part: "factor")
    return [try site.add(Binary(.multiply), [x, factor])]
  }
  let norm = try site.add(Reduce(kind: .l1, axes: axes, keepDims: true), [x], part: "norm")
  let divisor = try site.add(
    Binary(.maximum), [norm, site.constant(epsilon, like: x, part: "epsilon")], part: "divisor")
  return [try site.add(Binary(.divide), [x, divisor])]
}
