import Graphs
import ModelFiles
import Ops
import Tensors

let arithmeticOperations: [OperationRule] = [
  OperationRule(
    "Add", "x1 x2", tensorFlow: ["__operators__.add math.add add": "x=x1 y=x2"], note: "sum of two",
    build: arithmetic(.add)),
  OperationRule(
    "Subtract", "x1 x2", tensorFlow: ["__operators__.sub math.subtract subtract": "x=x1 y=x2"],
    note: "difference of two", build: arithmetic(.subtract)),
  OperationRule(
    "Multiply", "x1 x2", tensorFlow: ["__operators__.mul math.multiply multiply": "x=x1 y=x2"],
    note: "product of two", build: arithmetic(.multiply)),
  OperationRule(
    "TrueDivide Divide", "x1 x2",
    tensorFlow: ["__operators__.truediv math.truediv truediv math.divide divide RealDiv": "x=x1 y=x2"],
    note: "quotient of two as a float", build: division),
  OperationRule(
    "DivideNoNan", "x1 x2", tensorFlow: ["math.divide_no_nan": "x=x1 y=x2"],
    note: "quotient, or 0 where it divides by 0"
  ) { (site) throws(ImportError) in
    let operands = try floats(site)
    let zero = site.constant(0, like: operands[1], part: "zero")
    let isZero = try site.add(Compare(.equal), [operands[1], zero], part: "is_zero")
    let quotient = try site.add(Binary(.divide), operands, part: "quotient")
    return [try site.add(Where(), [isZero, zero, quotient])]
  },
  OperationRule(
    "FloorDivide", "x1 x2",
    tensorFlow: ["__operators__.floordiv math.floordiv floordiv compat.v1.floor_div": "x=x1 y=x2"],
    note: "quotient rounded down", build: arithmetic(.floorDivide)),
  OperationRule(
    "Mod", "x1 x2", tensorFlow: ["__operators__.mod math.floormod math.mod": "x=x1 y=x2"],
    note: "remainder of the divisor's sign", build: arithmetic(.floorRemainder)),
  OperationRule("Fmod", "x1 x2", note: "remainder of the dividend's sign", build: arithmetic(.remainder)),
  OperationRule(
    "Power", "x1 x2", tensorFlow: ["__operators__.pow math.pow pow": "x=x1 y=x2"], note: "power",
    build: arithmetic(.power)),
  OperationRule(
    "Maximum", "x1 x2", tensorFlow: ["math.maximum maximum": "x=x1 y=x2"], note: "larger of two",
    build: arithmetic(.maximum)),
  OperationRule(
    "Minimum", "x1 x2", tensorFlow: ["math.minimum minimum": "x=x1 y=x2"], note: "smaller of two",
    build: arithmetic(.minimum)),
  OperationRule(
    "Arctan2", "x1 x2", tensorFlow: ["math.atan2": "y=x1 x=x2"], note: "angle of a point"
  ) { (site) throws(ImportError) in [try site.add(Binary(.angle), try floats(site))] },
  OperationRule(
    "SquaredDifference", "x1 x2", tensorFlow: ["math.squared_difference": "x=x1 y=x2"],
    note: "square of the difference of two"
  ) { (site) throws(ImportError) in
    let difference = try site.add(Binary(.subtract), try site.operands("x1", "x2"), part: "difference")
    return [try site.add(Binary(.multiply), [difference, difference])]
  },
  OperationRule(
    "BiasAdd", "value bias data_format", tensorFlow: ["nn.bias_add compat.v1.nn.bias_add": "value bias data_format"],
    note: "one number added per channel"
  ) { (site) throws(ImportError) in
    let operands = try site.operands("value", "bias")
    guard try isChannelsFirst(site) else { return [try site.add(Binary(.add), operands)] }
    let dims = [Int](repeating: 1, count: max(site.type(operands[0]).rank - 2, 0))
    let bias = try site.add(Reshape(dims: [-1] + dims), [operands[1]], part: "bias")
    return [try site.add(Binary(.add), [operands[0], bias])]
  },
  OperationRule("AddN", "xs", tensorFlow: ["math.add_n add_n": "inputs=xs"], note: "sum of any number") {
    (site) throws(ImportError) in
    let terms = try site.tensors("xs")
    guard let first = terms.first else { throw site.error("xs", "a list of tensors") }
    guard terms.count > 1 else { return [try site.add(Identity(), [first])] }
    var sum = first
    for (place, term) in terms.enumerated().dropFirst() {
      sum = try site.add(Binary(.add), [sum, term], part: place == terms.count - 1 ? nil : "join\(place)")
    }
    return [sum]
  },
]

private func arithmetic(
  _ function: Binary.Function
) -> @Sendable (OperationSite) throws(ImportError) -> [Value] {
  { (site) throws(ImportError) in [try site.add(Binary(function), try site.operands("x1", "x2"))] }
}

@Sendable private func division(_ site: OperationSite) throws(ImportError) -> [Value] {
  [try site.add(Binary(.divide), try floats(site))]
}

private func floats(_ site: OperationSite) throws(ImportError) -> [Value] {
  var result: [Value] = []
  for (place, operand) in try site.operands("x1", "x2").enumerated() {
    result.append(try site.float(operand, part: "float\(place)"))
  }
  return result
}

/// Whether `data_format` puts the channels before rows and columns.
func isChannelsFirst(_ site: OperationSite) throws(ImportError) -> Bool {
  switch try site.string("data_format", default: "channels_last") {
  case "channels_last", "NHWC", "NWC": return false
  case "channels_first", "NCHW", "NCW": return true
  default: throw site.error("data_format", "\"channels_last\" or \"channels_first\"")
  }
}
