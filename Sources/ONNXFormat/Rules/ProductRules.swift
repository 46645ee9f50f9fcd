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
      guard site.has("equation") else { throw site.error("lacks equation") }
      let text = try site.string("equation", default: "").filter { $0 != " " }
      return [try site.add(Einsum(text), try site.allInputs())]
    }),
]

private func gemm(_ site: NodeSite) throws(ImportError) -> Value {
  var a = try site.float(0), b = try site.float(1)
  guard site.type(a).rank == 2, site.type(b).rank == 2 else {
    throw site.error("takes matrices, gets \(site.type(a)) and \(site.type(b))")
  }
  site.ignore("broadcast", "of opset 6: an addend of another shape is repeated as in later versions")
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
