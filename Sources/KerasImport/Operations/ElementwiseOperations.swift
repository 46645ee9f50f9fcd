import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let elementwiseOperations: [OperationRule] =
  [
    ("Absolute Abs Fabs", "math.abs abs", Unary.Function.abs),
    ("Negative", "__operators__.neg math.negative negative", .negate),
    ("Square", "math.square square", .square), ("Sign", "math.sign sign", .sign),
    ("Floor", "math.floor floor", .floor), ("Ceil", "math.ceil", .ceil), ("Trunc", "", .truncate),
  ].map { names, symbols, function in
    OperationRule(names, "x", tensorFlow: symbols.isEmpty ? [:] : [symbols: "x"], note: note) {
      (site) throws(ImportError) in [try unary(site, function, of: try site.tensor("x"))]
    }
  }
  + [
    ("Sin", "math.sin sin", Unary.Function.sin), ("Cos", "math.cos cos", .cos), ("Tan", "math.tan tan", .tan),
    ("Arcsin", "math.asin", .asin), ("Arccos", "math.acos", .acos), ("Arctan", "math.atan", .atan),
    ("Sinh", "math.sinh", .sinh), ("Cosh", "math.cosh", .cosh), ("Arcsinh", "math.asinh", .asinh),
    ("Arccosh", "math.acosh", .acosh), ("Arctanh", "math.atanh", .atanh), ("Expm1", "math.expm1", .expm1),
    ("Log1p", "math.log1p", .log1p), ("Exp2", "", .exp2), ("Log2", "", .log2), ("Log10", "", .log10),
  ].map { names, symbols, function in
    OperationRule(names, "x", tensorFlow: symbols.isEmpty ? [:] : [symbols: "x"], note: note) {
      (site) throws(ImportError) in [try site.add(Unary(function), [try site.float(try site.tensor("x"))])]
    }
  }
  + [
    ("Sqrt", "math.sqrt sqrt", Activation.sqrt), ("Rsqrt", "math.rsqrt", .rsqrt), ("Exp", "math.exp exp", .exp),
    ("Log", "math.log", .log), ("Reciprocal", "math.reciprocal", .reciprocal), ("Erf", "math.erf", .erf),
  ].map { names, symbols, function in
    OperationRule(names, "x", tensorFlow: [symbols: "x"], note: note) { (site) throws(ImportError) in
      [try site.add(Activate(function), [try site.float(try site.tensor("x"))])]
    }
  }
  + [
    OperationRule("Round", "x decimals", tensorFlow: ["math.round round": "x"], note: "to whole numbers") {
      (site) throws(ImportError) in
      guard try site.int("decimals", default: 0) == 0 else { throw site.config.unsupported("decimals other than 0") }
      return [try unary(site, .round, of: try site.tensor("x"))]
    },
    OperationRule(
      "Clip", "x x_min x_max", tensorFlow: ["clip_by_value": "t=x clip_value_min=x_min clip_value_max=x_max"],
      note: "between two bounds", build: clip),
    OperationRule(
      "Cast", "x dtype", tensorFlow: ["cast": "x dtype"],
      note: "to a float, integer or bool; floats are float32", build: conversion),
    OperationRule(
      "ConvertToTensor Array", "x dtype", tensorFlow: ["convert_to_tensor": "value=x dtype dtype_hint="],
      note: "like Cast", build: conversion),
    OperationRule(
      "Copy StopGradient", "x", tensorFlow: ["identity stop_gradient": "input=x"], note: "passes its input on"
    ) { (site) throws(ImportError) in [try site.add(Identity(), [try site.tensor("x")])] },
  ]

private let note = "of each element"

/// Functions that the kernels have as activations are those for floats.
private func unary(_ site: OperationSite, _ function: Unary.Function, of x: Value) throws(ImportError) -> Value {
  let activations: [Unary.Function: Activation] = [.abs: .abs, .negate: .neg, .square: .square]
  if let activation = activations[function], site.type(x).dataType.isFloating {
    return try site.add(Activate(activation), [x])
  }
  return try site.add(Unary(function), [x])
}

@Sendable private func clip(_ site: OperationSite) throws(ImportError) -> [Value] {
  if let low = try? site.number("x_min"), let high = try? site.number("x_max"), low <= high {
    let x = try site.tensor("x")
    if site.type(x).dataType.isFloating {
      return [try site.add(Activate(.clamp(min: Float(low), max: Float(high))), [x])]
    }
  }
  let raised = try site.add(Binary(.maximum), try site.operands("x", "x_min"), part: "raised")
  let high = try site.operands("x_max", "x")[0]
  let bound = try site.cast(high, site.type(raised).dataType, part: "bound")
  return [try site.add(Binary(.minimum), [raised, bound])]
}

@Sendable private func conversion(_ site: OperationSite) throws(ImportError) -> [Value] {
  let x = try site.tensor("x")
  let name = try site.string("dtype", default: "")
  if name.isEmpty { return [try site.add(Identity(), [x])] }
  guard let dataType = DataType(kerasName: name) else { throw site.config.unsupported("data type \(printable(name))") }
  return site.type(x).dataType == dataType
    ? [try site.add(Identity(), [x])] : [try site.add(Cast(to: dataType), [x])]
}

extension DataType {
  /// The type that stands for one of Keras: floats are float32, and integers those that hold all their values.
  init?(kerasName name: String) {
    switch name {
    case "float16", "bfloat16", "float32", "float64", "half", "double", "float": self = .float32
    case "int8": self = .int8
    case "uint8": self = .uint8
    case "int16", "uint16", "int32", "int": self = .int32
    case "uint32", "int64": self = .int64
    case "bool": self = .bool
    default: return nil
    }
  }
}
