import Graphs
import ModelFiles
import Ops
import Tensors

/// Floats to integers of few bits or float8 by a scale and a zero point, and back.
let quantizationRules: [OperatorRule] = [
  OperatorRule(
    "QuantizeLinear", note: "to integers of 4, 8 and 16 bits and float8; for the whole, along an axis, or in blocks",
    build: { (site) throws(ImportError) in [try quantize(site)] }),
  OperatorRule(
    "DequantizeLinear",
    note:
      "from integers of 4 to 32 bits and float8; for the whole, along an axis, or in blocks; weights become float32",
    build: { (site) throws(ImportError) in [try dequantize(site)] }),
]

/// How the scales of a node lie along its input.
private struct ScaleLayout {
  let site: NodeSite
  let x: Value
  /// The axis along which scales differ; nil where there is one for all.
  let axis: Int?
  /// Neighbouring indices that share a scale; 0 for one scale an index.
  let block: Int

  init(_ site: NodeSite, _ x: Value, _ scale: Value) throws(ImportError) {
    (self.site, self.x) = (site, x)
    block = try site.int("block_size", default: 0)
    guard block >= 0, block <= Limits.windowSize else { throw site.error("block_size is \(block)") }
    let isOne = site.type(scale).rank == 0 || site.type(scale).shape?.count == 1 && block == 0
    let place = try site.int("axis", default: 1)
    axis = isOne ? nil : try site.axis(place, rank: site.type(x).rank)
    let rank = site.type(scale).rank
    guard isOne || rank == (block > 0 ? site.type(x).rank : 1) else {
      throw site.error("the scale \(site.type(scale)) does not go with \(site.type(x))")
    }
  }

  /// A scale or zero point as it is broadcast over the input.
  func spread(_ value: Value, part: String) throws(ImportError) -> Value {
    guard let axis else { return value }
    guard block > 0 else {
      let behind = site.type(x).rank - 1 - axis
      return behind == 0 ? value : try site.add(ExpandDims(axes: Array(1...behind)), [value], part: part)
    }
    guard let size = site.type(x).dims[axis] else { throw site.unsupported("blocks along an axis of open size") }
    let repeated = try site.add(Repeat(block, axis: axis), [value], part: part)
    return try site.add(Slice([Slice.Axis(axis, start: 0, stop: size)]), [repeated], part: part + "_blocks")
  }
}

private func quantize(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.float(0), scale = try site.float(1)
  let zero = site.optional(2)
  let element = try quantizedType(site, zero)
  try site.requireFloat32("precision")
  if element.float8 == nil { site.ignore("saturate", "of float8") }
  let layout = try ScaleLayout(site, x, scale)
  if element == .uint8 || element == .int8, layout.block == 0 {
    guard let shape = site.type(scale).shape else { throw site.unsupported("a scale of unknown shape") }
    let none = Tensor(shape, repeating: 0).converted(to: element == .int8 ? .int8 : .uint8)
    let zero = zero ?? site.constant(none, part: "zero_point")
    return try site.add(Quantize(axis: layout.axis ?? -1), [x, scale, zero])
  }
  var result = try site.add(Binary(.divide), [x, layout.spread(scale, part: "scales")], part: "quotient")
  if element.float8 == nil { result = try site.add(Unary(.round), [result], part: "whole") }
  if let zero {
    let float = try site.add(Cast(to: .float32), [zero], part: "zero_point")
    result = try site.add(Binary(.add), [result, layout.spread(float, part: "zero_points")], part: "sum")
  }
  if let format = element.float8 {
    return try site.add(RoundToFloat8(format, saturates: try site.bool("saturate", default: true)), [result])
  }
  guard let range = element.wholes, let carrier = element.carrier else { throw site.unsupported("to \(element)") }
  return try site.add(Cast(to: carrier), [try site.clamped(result, to: range)])
}

/// The element type of the result: that of the zero point, else what `output_dtype` says, else uint8.
private func quantizedType(_ site: NodeSite, _ zero: Value?) throws(ImportError) -> ElementType {
  let wanted = try site.int("output_dtype", default: 0) == 0 ? nil : site.element("output_dtype")
  guard let zero else { return wanted ?? .uint8 }
  let element = try elementType(site, ofZeroPoint: zero)
  guard wanted ?? element == element else {
    throw site.error("output_dtype is \(wanted ?? element), the zero point is of \(element)")
  }
  return element
}

private func elementType(_ site: NodeSite, ofZeroPoint zero: Value) throws(ImportError) -> ElementType {
  if let element = site.builder.elements[zero] { return element }
  switch site.type(zero).dataType {
  case .int8: return .int8
  case .uint8: return .uint8
  default: throw site.unsupported("a zero point of \(site.type(zero)) that is computed")
  }
}

private func dequantize(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.input(0), scale = try site.float(1)
  guard [.uint8, .int8, .int32, .float32].contains(site.type(x).dataType) else {
    throw site.unsupported("of \(site.type(x))")
  }
  let layout = try ScaleLayout(site, x, scale)
  try site.requireFloat32("output_dtype")
  var whole = x
  if let zero = site.optional(2) {
    // Differences of small integers do not fit in their own type.
    let wide: DataType = site.type(x).dataType == .float32 ? .float32 : .int32
    let offset = try layout.spread(try site.add(Cast(to: wide), [zero], part: "zero_point"), part: "zero_points")
    let own = try site.add(Cast(to: wide), [x], part: "whole")
    whole = try site.add(Binary(.subtract), [own, offset], part: "difference")
  }
  let float = try site.add(Cast(to: .float32), [whole], part: "float")
  return try site.add(Binary(.multiply), [float, layout.spread(scale, part: "scales")])
}
