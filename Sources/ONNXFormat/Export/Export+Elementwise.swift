import Glibc
import Graphs
import ModelFiles
import Ops
import Tensors

extension ExportSite {
  /// The layout in which all operands of an elementwise operator can be had: channels first where the result is so, unless
  /// an operand with fewer axes is computed.
  var operandLayout: ExportLayout {
    let isOdd = node.inputs.indices.contains { types[$0].rank != 4 && types[$0].rank != 0 && constant($0) == nil }
    return isOdd ? .plain : layout
  }

  /// An operand that is broadcast to the result.
  func operand(_ index: Int, _ layout: ExportLayout) -> String {
    guard layout == .channelsFirst, types[index].rank != 0, let tensor = constant(index) else {
      return input(index, types[index].rank == 4 ? layout : .plain)
    }
    let dims = [Int](repeating: 1, count: 4 - tensor.shape.rank) + tensor.shape.dims
    let turned = tensor.reshaped(Shape(dims)).permuted(layout.permutation)
    return weights(index, as: tensor.shape.count == 1 ? turned.reshaped([1]) : turned)
  }

  /// Writes an elementwise operator of all inputs.
  func elementwise(
    _ op: String, _ attributes: [(name: String, value: DraftAttribute)] = []
  ) -> (name: String, layout: ExportLayout) {
    let layout = operandLayout
    return (emit(op, node.inputs.indices.map { operand($0, layout) }, attributes), layout)
  }
}

extension Binary: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let isFloat = [.float32, .float64].contains(site.types[0].dataType)
    let op: String
    switch function {
    case .add: op = "Add"
    case .subtract: op = "Sub"
    case .multiply: op = "Mul"
    case .divide: op = "Div"
    case .maximum: op = "Max"
    case .minimum: op = "Min"
    case .power: op = "Pow"
    case .floorRemainder where !isFloat: op = "Mod"
    case .floorRemainder: return try floorRemainder(&site)
    case .remainder: return try remainder(&site)
    case .floorDivide where isFloat: op = "Div"
    default: throw site.refusal("there is no \(function.rawValue) of \(site.types[0])")
    }
    var (result, layout) = site.elementwise(op)
    if function == .floorDivide { result = site.emit("Floor", [result]) }
    site.finish(try site.activated(result, activation), layout)
  }
}

extension Binary {
  /// `x - floor(x / y) * y`: `Mod` has the sign of the divisor for integers only.
  private func floorRemainder(_ site: inout ExportSite) throws(ImportError) {
    let (quotient, layout) = site.elementwise("Div")
    let whole = site.emit("Mul", [site.emit("Floor", [quotient]), site.operand(1, layout)])
    let result = site.emit("Sub", [site.operand(0, layout), whole])
    site.finish(try site.activated(result, activation), layout)
  }

  /// With the sign of the dividend, as C has it.
  private func remainder(_ site: inout ExportSite) throws(ImportError) {
    let (result, layout) = site.elementwise("Mod", [("fmod", .int(1))])
    site.finish(try site.activated(result, activation), layout)
  }
}

extension Unary: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let layout = site.layout
    let x = site.input(0, layout)
    func one(_ what: String = "number") -> String { site.scalar(1, what, site.types[0].dataType) }
    let result: String
    switch function {
    case .square: result = site.emit("Mul", [x, x])
    case .expm1: result = site.emit("Sub", [site.emit("Exp", [x]), one()])
    case .log1p: result = site.emit("Log", [site.emit("Add", [x, one()])])
    case .exp2: result = site.emit("Pow", [site.scalar(2, "base", site.types[0].dataType), x])
    case .log2, .log10:
      let base = log(function == .log2 ? 2 : 10.0)
      result = site.emit("Div", [site.emit("Log", [x]), site.scalar(base, "logarithm", site.types[0].dataType)])
    case .truncate:
      result = site.emit("Mul", [site.emit("Sign", [x]), site.emit("Floor", [site.emit("Abs", [x])])])
    case .isFinite:
      result = site.emit("Not", [site.emit("Or", [site.emit("IsNaN", [x]), site.emit("IsInf", [x])])])
    default: result = site.emit(simpleName, [x])
    }
    site.finish(result, layout)
  }

  /// Functions that ONNX has under a name of its own.
  private var simpleName: String {
    switch function {
    case .negate: "Neg"
    case .isNaN: "IsNaN"
    case .isInfinite: "IsInf"
    default: function.rawValue.prefix(1).uppercased() + function.rawValue.dropFirst()
    }
  }
}

extension Compare: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let op: String
    switch relation {
    case .equal, .notEqual: op = "Equal"
    case .less: op = "Less"
    case .lessOrEqual: op = "LessOrEqual"
    case .greater: op = "Greater"
    case .greaterOrEqual: op = "GreaterOrEqual"
    }
    var (result, layout) = site.elementwise(op)
    if relation == .notEqual { result = site.emit("Not", [result]) }
    site.finish(result, layout)
  }
}

extension Logical: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let names: [Function: String] = [.and: "And", .or: "Or", .xor: "Xor"]
    let (result, layout) = site.elementwise(names[function] ?? "And")
    site.finish(result, layout)
  }
}

extension Where: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let (result, layout) = site.elementwise("Where")
    site.finish(result, layout)
  }
}

extension PRelu: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let (result, layout) = site.elementwise("PRelu")
    site.finish(result, layout)
  }
}

extension Cast: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let layout = site.layout
    site.finish(
      site.emit("Cast", [site.input(0, layout)], [("to", .int(Int(dataType.onnxNumber)))]), layout)
  }
}

extension Identity: ExportedOp {
  func export(_ site: inout ExportSite) throws(ImportError) {
    let layout = site.layout
    site.finish(site.input(0, layout), layout)
  }
}
