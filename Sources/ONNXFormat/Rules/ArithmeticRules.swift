import Graphs
import ModelFiles
import Ops
import Tensors

let arithmeticRules: [OperatorRule] = [
  binary("Add", .add), binary("Sub", .subtract), binary("Mul", .multiply), binary("Div", .divide),
  OperatorRule(
    "Pow", note: "exponents of another type are converted",
    build: { (site) throws(ImportError) in
      let operands = try site.operands()
      let (x, power) = (operands[0], operands[1])
      let (base, exponent) = (site.type(x).dataType, site.type(power).dataType)
      if base == exponent { return [try site.add(Binary(.power), [x, power])] }
      if exponent.isFloatingPoint, !base.isFloatingPoint {
        let wide = try site.add(Cast(to: .float64), [x], part: "base")
        let own = try site.add(Cast(to: .float64), [power], part: "exponent")
        let result = try site.add(Binary(.power), [wide, own], part: "power")
        return [try site.add(Cast(to: base), [result])]
      }
      let own = try site.add(Cast(to: base), [power], part: "exponent")
      return [try site.add(Binary(.power), [x, own])]
    }),
  OperatorRule(
    "Mod", note: "of integers, and fmod",
    build: { (site) throws(ImportError) in
      let isC = try site.bool("fmod")
      let x = try site.input(0)
      guard isC || !site.type(x).dataType.isFloatingPoint else { throw site.error("floats need fmod of 1") }
      return [try site.add(Binary(isC ? .remainder : .floorRemainder), [x, try site.input(1)])]
    }),
  variadic("Sum", .add), variadic("Max", .maximum), variadic("Min", .minimum),
  OperatorRule(
    "Mean", note: "of any number of tensors",
    build: { (site) throws(ImportError) in
      let inputs = try site.allInputs()
      _ = try site.float(0)
      let sum = try fold(site, .add, inputs, part: "sum")
      let count = site.constant(Double(inputs.count), like: sum, part: "count")
      return [try site.add(Binary(.divide), [sum, count])]
    }),
  unary("Neg", .negate), unary("Abs", .abs), unary("Sign", .sign), unary("Floor", .floor), unary("Ceil", .ceil),
  unary("Round", .round), unary("Sin", .sin), unary("Cos", .cos), unary("Tan", .tan), unary("Asin", .asin),
  unary("Acos", .acos), unary("Atan", .atan), unary("Sinh", .sinh), unary("Cosh", .cosh), unary("Asinh", .asinh),
  unary("Acosh", .acosh), unary("Atanh", .atanh),
  OperatorRule("Identity", note: "", build: { (site) throws(ImportError) in try site.pass(try site.input(0)) }),
  OperatorRule(
    "Dropout", note: "does nothing; without the output of the mask",
    build: { (site) throws(ImportError) in
      guard try site.bool("is_test", default: true) else { throw site.unsupported("is_test of 0") }
      site.ignore("ratio", "of what training leaves out")
      site.ignore("seed", "of what training leaves out")
      if let mode = site.optional(2) {
        let ratio = try site.knownNumber(1, "ratio") ?? 0.5
        guard ratio == 0 || site.known(mode)?.doubles.allSatisfy({ $0 == 0 }) == true else {
          throw site.unsupported("training_mode")
        }
      }
      let x = try site.input(0)
      guard site.node.outputs.dropFirst().contains(where: { !$0.isEmpty }), let shape = site.type(x).shape else {
        return try site.pass(x)
      }
      let mask = Tensor(shape, .bool([Bool](repeating: true, count: shape.count)))
      return [try site.add(Identity(), [x]), site.constant(mask, part: "mask")]
    }),
  // Operators of early exporters that were never released.
  OperatorRule(
    "Affine", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      let alpha = site.constant(Double(try site.float("alpha", default: 1)), like: x, part: "alpha")
      let beta = site.constant(Double(try site.float("beta", default: 0)), like: x, part: "beta")
      let scaled = try site.add(Binary(.multiply), [x, alpha], part: "scaled")
      return [try site.add(Binary(.add), [scaled, beta])]
    }),
  OperatorRule(
    "ImageScaler", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.float(0)
      let bias = try site.floats("bias") ?? [], channels = try site.channels(x)
      guard bias.count == channels, site.type(x).rank == 4 else {
        throw site.error("bias must be \(channels) numbers, gets \(bias.count)")
      }
      let scale = site.constant(Double(try site.float("scale", default: 1)), like: x, part: "scale")
      let scaled = try site.add(Binary(.multiply), [x, scale], part: "scaled")
      return [try site.add(Binary(.add), [scaled, site.constant(Tensor([1, channels, 1, 1], bias), part: "bias")])]
    }),
]

private func binary(_ name: String, _ function: Binary.Function) -> OperatorRule {
  OperatorRule(
    name, note: "with broadcasting",
    build: { (site) throws(ImportError) in [try site.add(Binary(function), site.operands())] })
}

private func unary(_ name: String, _ function: Unary.Function) -> OperatorRule {
  OperatorRule(
    name, note: "", build: { (site) throws(ImportError) in [try site.add(Unary(function), [site.input(0)])] })
}

private func variadic(_ name: String, _ function: Binary.Function) -> OperatorRule {
  OperatorRule(
    name, note: "of any number of tensors",
    build: { (site) throws(ImportError) in [try fold(site, function, try site.allInputs(), part: nil)] })
}

private func fold(
  _ site: NodeSite, _ function: Binary.Function, _ inputs: [Value], part: String?
) throws(ImportError) -> Value {
  guard inputs.count > 1 else { return try site.add(Identity(), inputs, part: part) }
  var result = inputs[0]
  for (place, next) in inputs.enumerated().dropFirst() {
    let isLast = place == inputs.count - 1
    result = try site.add(Binary(function), [result, next], part: isLast ? part : "first\(place + 1)")
  }
  return result
}
