import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let activationRules: [OperatorRule] = [
  activation("Relu", .relu), activation("Sigmoid", .sigmoid), activation("Tanh", .tanh),
  activation("Softsign", .softsign), activation("Softplus", .softplus), activation("HardSwish", .hardSwish),
  activation("Mish", .mish), activation("Erf", .erf), activation("Exp", .exp), activation("Log", .log),
  activation("Sqrt", .sqrt), activation("Reciprocal", .reciprocal),
  activation("LeakyRelu", note: "") { (site) throws(ImportError) in .leakyRelu(try site.float("alpha", default: 0.01))
  },
  activation("Elu", note: "") { (site) throws(ImportError) in .elu(try site.float("alpha", default: 1)) },
  activation("Celu", note: "") { (site) throws(ImportError) in .celu(try site.float("alpha", default: 1)) },
  activation("HardSigmoid", note: "") { (site) throws(ImportError) in
    .hardSigmoid(alpha: try site.float("alpha", default: 0.2), beta: try site.float("beta", default: 0.5))
  },
  activation("ThresholdedRelu", note: "") { (site) throws(ImportError) in
    .thresholdedRelu(theta: try site.float("alpha", default: 1))
  },
  activation("Gelu", note: "exact or by tanh") { (site) throws(ImportError) in
    let form = try site.string("approximate", default: "none")
    guard form == "none" || form == "tanh" else { throw site.error("approximate is \(printable(form))") }
    return form == "none" ? .gelu : .geluTanh
  },
  OperatorRule("Selu", note: "", build: { (site) throws(ImportError) in [try selu(site)] }),
  OperatorRule(
    "Swish", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      let alpha = try site.float("alpha", default: 1)
      if alpha == 1 { return [try site.add(Activate(.silu), [x])] }
      let scaled = try site.add(
        Binary(.multiply), [x, site.constant(Double(alpha), like: x, part: "alpha")], part: "scaled")
      let gate = try site.add(Activate(.sigmoid), [scaled], part: "gate")
      return [try site.add(Binary(.multiply), [x, gate])]
    }),
  OperatorRule(
    "PRelu", note: "a slope of any shape that can be repeated",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      var slope = try site.float(1)
      // A slope for each channel.
      if site.opset < 7, site.type(slope).rank == 1, site.type(slope).shape?.count != 1, site.type(x).rank > 2 {
        slope = try site.add(ExpandDims(axes: Array(1..<site.type(x).rank - 1)), [slope], part: "slope")
      }
      return [try site.add(PRelu(), [x, slope])]
    }),
  OperatorRule("Shrink", note: "", build: { (site) throws(ImportError) in [try shrink(site)] }),
  OperatorRule(
    "Clip", note: "of floats and integers; bounds as attributes or inputs",
    build: { (site) throws(ImportError) in [try clip(site)] }),
  OperatorRule(
    "Softmax LogSoftmax", note: "along an axis; before opset 13 over all axes from one on",
    build: { (site) throws(ImportError) in [try softmax(site)] }),
  OperatorRule(
    "Hardmax", note: "along an axis; before opset 13 over all axes from one on",
    build: { (site) throws(ImportError) in [try softmax(site)] }),
]

private func activation(_ name: String, _ activation: Activation) -> OperatorRule {
  elementwise(name, "") { (_) throws(ImportError) in activation }
}

private func activation(
  _ name: String, note: String, _ make: @escaping @Sendable (NodeSite) throws(ImportError) -> Activation
) -> OperatorRule { elementwise(name, note, make) }

private func elementwise(
  _ name: String, _ note: String, _ make: @escaping @Sendable (NodeSite) throws(ImportError) -> Activation
) -> OperatorRule {
  OperatorRule(
    name, note: note,
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      if name == "Relu", !site.type(x).dataType.isFloatingPoint {
        return [try site.add(Binary(.maximum), [x, site.constant(0, like: x, part: "zero")])]
      }
      guard site.type(x).dataType.isFloatingPoint else { throw site.unsupported("takes floats, gets \(site.type(x))") }
      return [try site.add(Activate(try make(site)), [x])]
    })
}

private func selu(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.float(0)
  let alpha = try site.float("alpha", default: 1.6732632), gamma = try site.float("gamma", default: 1.050701)
  if (alpha - 1.6732632).magnitude < 1e-5, (gamma - 1.050701).magnitude < 1e-5 {
    return try site.add(Activate(.selu), [x])
  }
  let curve = try site.add(Activate(.elu(alpha)), [x], part: "elu")
  return try site.add(Binary(.multiply), [curve, site.constant(Double(gamma), like: x, part: "gamma")])
}

/// `x - bias` above `lambd`, `x + bias` below `-lambd`, else 0.
private func shrink(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.float(0)
  let threshold = Double(try site.float("lambd", default: 0.5)), bias = Double(try site.float("bias", default: 0))
  func number(_ value: Double, _ part: String) -> Value { site.constant(value, like: x, part: part) }
  let zero = number(0, "zero"), move = number(bias, "bias")
  let isAbove = try site.add(Compare(.greater), [x, number(threshold, "upper")], part: "is_above")
  let isBelow = try site.add(Compare(.less), [x, number(-threshold, "lower")], part: "is_below")
  let raised = try site.add(Binary(.add), [x, move], part: "raised")
  let lowered = try site.add(Binary(.subtract), [x, move], part: "lowered")
  let rest = try site.add(Where(), [isBelow, raised, zero], part: "rest")
  return try site.add(Where(), [isAbove, lowered, rest])
}

private func clip(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.input(0)
  var lower: Value?, upper: Value?
  if site.opset < 11 {
    if site.has("min") { lower = site.constant(Double(try site.float("min")), like: x, part: "min") }
    if site.has("max") { upper = site.constant(Double(try site.float("max")), like: x, part: "max") }
  } else {
    (lower, upper) = (site.optional(1), site.optional(2))
  }
  for bound in [lower, upper].compactMap({ $0 }) where site.type(bound).dataType != site.type(x).dataType {
    throw site.error("the bounds are \(site.type(bound)), the input is \(site.type(x))")
  }
  func constant(_ bound: Value?, _ missing: Float) -> Float? {
    guard let bound else { return missing }
    guard let tensor = site.builder.graph.constant(bound), case .float32(let values) = tensor.elements else {
      return nil
    }
    return values.count == 1 ? values[0] : nil
  }
  if site.type(x).dataType == .float32, let low = constant(lower, -.infinity), let high = constant(upper, .infinity),
    low <= high
  {
    return try site.add(Activate(low == 0 && high == .infinity ? .relu : .clamp(min: low, max: high)), [x])
  }
  var result = x
  if let lower { result = try site.add(Binary(.maximum), [result, lower], part: upper == nil ? nil : "raised") }
  if let upper { result = try site.add(Binary(.minimum), [result, upper]) }
  return result == x ? try site.add(Identity(), [x]) : result
}

private func softmax(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.float(0)
  let type = site.type(x)
  guard type.rank > 0 else { throw site.error("gets a scalar") }
  let isNew = site.opset >= 13
  let axis = try site.axis(try site.int("axis", default: isNew ? -1 : 1), rank: type.rank)
  let kind = site.node.type
  func along(_ x: Value, _ axis: Int, part: String?) throws(ImportError) -> Value {
    // Exporters bring the axis to the end and back: before that it is an axis like any other.
    let maker = site.builder.graph.nodes[x.node]
    if let turn = maker.op as? Transpose, kind != "Hardmax" {
      let source = turn.permutation[axis]
      let op: any Op = kind == "Softmax" ? Softmax(axis: source) : LogSoftmax(axis: source)
      return try site.add(turn, [site.add(op, maker.inputs, part: "unturned")], part: part)
    }
    switch kind {
    case "Softmax": return try site.add(Softmax(axis: axis), [x], part: part)
    case "LogSoftmax": return try site.add(LogSoftmax(axis: axis), [x], part: part)
    default:
      guard let size = site.type(x).dims[axis] else { throw site.unsupported("along an axis of open size") }
      let place = try site.add(ArgMax(axis: axis), [x], part: "index")
      return try site.add(OneHot(depth: size, axis: axis), [place], part: part)
    }
  }
  let others = type.dims[(axis + 1)...]
  if isNew || others.allSatisfy({ $0 == 1 }) { return try along(x, axis, part: nil) }
  // The axes from this one on are one.
  if kind != "Hardmax" {
    if axis == 0 {
      let flat = try site.add(Reshape(dims: [1, -1]), [x], part: "flat")
      return try restored(site, try along(flat, 1, part: "along"), like: x)
    }
    let dims = [Int](repeating: 0, count: axis) + [-1]
    let flat = try site.add(Reshape(dims: dims), [x], part: "flat")
    return try restored(site, try along(flat, axis, part: "along"), like: x)
  }
  guard let shape = type.shape else { throw site.unsupported("over axes of open size") }
  let flat = try site.add(
    Reshape(dims: Array(shape.dims[..<axis]) + [shape.dims[axis...].reduce(1, *)]), [x], part: "flat")
  return try restored(site, try along(flat, axis, part: "along"), like: x)
}

private func restored(_ site: NodeSite, _ value: Value, like x: Value) throws(ImportError) -> Value {
  let shape = try site.add(ShapeOf(), [x], part: "shape")
  return try site.add(DynamicReshape(), [value, shape])
}

extension DataType {
  var isFloatingPoint: Bool { self == .float32 || self == .float64 }
}
