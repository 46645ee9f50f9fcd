import Graphs
import ModelFiles
import Ops
import Tensors

/// Conversions between element types.
let castRules: [OperatorRule] = [
  OperatorRule(
    "Cast", note: "to all types but uint64, strings and complex numbers; to halves it does nothing",
    build: { (site) throws(ImportError) in [try cast(site, try site.input(0), to: try site.element("to"))] }),
  OperatorRule(
    "CastLike", note: "",
    build: { (site) throws(ImportError) in
      let like = try site.input(1)
      if let element = site.builder.elements[like] { return [try cast(site, try site.input(0), to: element)] }
      let element = site.type(like).dataType
      site.ignore("round_mode", "of float8e8m0, which is not carried")
      site.ignore("saturate", "of float8, which computed values are not")
      return [try site.add(Cast(to: element), [try site.input(0)])]
    }),
]

/// Values as an element type holds them, in the type that carries it.
private func cast(_ site: NodeSite, _ x: Value, to element: ElementType) throws(ImportError) -> Value {
  site.ignore("round_mode", "of float8e8m0, which is not carried")
  if let format = element.float8 {
    let float = try site.add(Cast(to: .float32), [x], part: "float")
    return try site.add(RoundToFloat8(format, saturates: try site.bool("saturate", default: true)), [float])
  }
  site.ignore("saturate", "of float8")
  if !element.isExact, element.bits >= 16, let range = element.integers, let carrier = element.carrier {
    let whole = try site.add(Cast(to: .int64), [x], part: "whole")
    return try site.add(Cast(to: carrier), [try site.wrapped(whole, to: range)])
  }
  guard element.bits < 8, let range = element.wholes, let carrier = element.carrier else {
    return try site.add(Cast(to: try site.dataType(of: element)), [x])
  }
  let float = try site.add(Cast(to: .float32), [x], part: "float")
  let whole = try site.add(Unary(.round), [float], part: "whole")
  return try site.add(Cast(to: carrier), [try site.clamped(whole, to: range)])
}

extension NodeSite {
  /// 64-bit integers modulo the number of those in a range.
  fileprivate func wrapped(_ x: Value, to range: ClosedRange<Int>) throws(ImportError) -> Value {
    let low = constant(Double(range.lowerBound), like: x, part: "low")
    let count = constant(Double(range.count), like: x, part: "count")
    if range.lowerBound == 0 { return try add(Binary(.floorRemainder), [x, count], part: "wrapped") }
    let above = try add(Binary(.subtract), [x, low], part: "above")
    return try add(
      Binary(.add), [try add(Binary(.floorRemainder), [above, count], part: "remainder"), low], part: "wrapped")
  }

  /// Floats within the range of a type.
  func clamped(_ x: Value, to range: ClosedRange<Int>) throws(ImportError) -> Value {
    let low = constant(Double(range.lowerBound), like: x, part: "low")
    let high = constant(Double(range.upperBound), like: x, part: "high")
    let above = try add(Binary(.maximum), [x, low], part: "above")
    return try add(Binary(.minimum), [above, high], part: "within")
  }
}

extension FlatGraph.FlatNode {
  /// What a Cast casts to.
  var castElement: ElementType? {
    guard case .int(let code)? = attributes["to"] else { return nil }
    return Int32(exactly: code).flatMap(ElementType.init)
  }
}
