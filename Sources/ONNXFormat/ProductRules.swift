import Graphs
import ModelFiles
import Ops
import Tensors

let productRules: [OperatorRule] = [
  OperatorRule(
    "MatMul", note: "with broadcasting",
    build: { (site) throws(ImportError) in
      let a = try site.input(0), b = try site.input(1)
      if site.type(a).dataType == .float32, site.type(a).rank >= 2, site.type(b).rank == 2,
        site.type(b).shape != nil, site.builder.graph.constant(b) != nil
      {
        return [try site.add(Dense(), [a, b])]
      }
      return [try site.add(MatMul(), [a, b])]
    }),
  OperatorRule(
    "Gemm", note: "with transA, transB, alpha and beta",
    build: { (site) throws(ImportError) in [try gemm(site)] }),
  OperatorRule(
    "Einsum", note: "products, sums, transpositions and diagonals of any tensors",
    build: { (site) throws(ImportError) in
      let text = try site.string("equation", default: "").filter { $0 != " " }
      return [try site.add(Einsum(text), try site.allInputs())]
    }),
  OperatorRule(
    "QuantizeLinear", note: "to uint8 and int8, for the whole or along an axis",
    build: { (site) throws(ImportError) in [try quantize(site)] }),
  OperatorRule(
    "DequantizeLinear", note: "from int8, uint8 and int32, for the whole or along an axis; weights become float32",
    build: { (site) throws(ImportError) in [try dequantize(site)] }),
]

private func gemm(_ site: NodeSite) throws(ImportError) -> Value {
  var a = try site.float(0), b = try site.float(1)
  guard site.type(a).rank == 2, site.type(b).rank == 2 else {
    throw site.error("takes matrices, gets \(site.type(a)) and \(site.type(b))")
  }
  let alpha = try site.float("alpha", default: 1), beta = try site.float("beta", default: 1)
  if try site.bool("transA") { a = try site.add(Transpose(permutation: [1, 0]), [a], part: "left") }
  if try site.bool("transB") {
    if let constant = site.builder.converted(b, "transposed", { $0.transposed([1, 0]) }) {
      b = constant
    } else {
      b = try site.add(Transpose(permutation: [1, 0]), [b], part: "right")
    }
  }
  let addend = try site.optional(2) == nil ? nil : site.float(2)
  if alpha == 1, beta == 1, let addend, site.type(addend).rank == 1, let count = site.type(b).dims[1],
    site.type(addend).dims[0] == count
  {
    return try site.add(Dense(), [a, b, addend])
  }
  let isScaled = alpha != 1
  var result = try site.add(Dense(), [a, b], part: isScaled || addend != nil ? "product" : nil)
  if isScaled {
    result = try site.add(
      Binary(.multiply), [result, site.constant(Double(alpha), like: result, part: "alpha")],
      part: addend == nil ? nil : "scaled")
  }
  guard var addend else { return result }
  if beta != 1 {
    addend = try site.add(
      Binary(.multiply), [addend, site.constant(Double(beta), like: addend, part: "beta")], part: "addend")
  }
  return try site.add(Binary(.add), [result, addend])
}

/// Scale or zero point, aligned with an axis of `x` where there is one for each of its indices.
private func aligned(
  _ site: NodeSite, _ value: Value, with x: Value, axis: Int, part: String
) throws(ImportError) -> Value {
  let type = site.type(value)
  if type.rank == 0 || type.shape?.count == 1 { return value }
  guard type.rank == 1 else { throw site.unsupported("blocks that share a scale") }
  let behind = site.type(x).rank - 1 - axis
  if behind == 0 { return value }
  return try site.add(ExpandDims(axes: Array(1...behind)), [value], part: part)
}

private func axis(_ site: NodeSite, _ x: Value, _ scale: Value) throws(ImportError) -> Int {
  guard try site.int("block_size", default: 0) == 0 else { throw site.unsupported("block_size") }
  if site.type(scale).rank == 0 || site.type(scale).shape?.count == 1 { return -1 }
  return try site.axis(try site.int("axis", default: 1), rank: site.type(x).rank)
}

private func quantize(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.float(0), scale = try site.float(1)
  if site.has("output_dtype"), site.optional(2) == nil {
    let type = try site.int("output_dtype")
    guard type == 0 || type == 2 || type == 3 else { throw site.unsupported("output_dtype of \(type)") }
  }
  let dataType: DataType = try site.int("output_dtype", default: 2) == 3 ? .int8 : .uint8
  guard let shape = site.type(scale).shape else { throw site.unsupported("a scale of unknown shape") }
  let zero =
    site.optional(2) ?? site.constant(Tensor(shape, repeating: 0).converted(to: dataType), part: "zero_point")
  guard [.uint8, .int8].contains(site.type(zero).dataType) else {
    throw site.unsupported("a zero point of \(site.type(zero))")
  }
  return try site.add(Quantize(axis: axis(site, x, scale)), [x, scale, zero])
}

private func dequantize(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.input(0), scale = try site.float(1)
  guard [.uint8, .int8, .int32].contains(site.type(x).dataType) else {
    throw site.unsupported("of \(site.type(x))")
  }
  let axis = try axis(site, x, scale)
  let place = axis < 0 ? site.type(x).rank - 1 : axis
  var whole = x
  if let zero = site.optional(2) {
    // Differences of small integers do not fit in their own type.
    let own = try site.add(Cast(to: .int32), [zero], part: "zero_point")
    let wide = try site.add(Cast(to: .int32), [x], part: "whole")
    let offset = try aligned(site, own, with: x, axis: place, part: "zero_points")
    whole = try site.add(Binary(.subtract), [wide, offset], part: "difference")
  }
  let float = try site.add(Cast(to: .float32), [whole], part: "float")
  return try site.add(Binary(.multiply), [float, aligned(site, scale, with: x, axis: place, part: "scales")])
}
