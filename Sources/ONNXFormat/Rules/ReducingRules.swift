import Graphs
import ModelFiles
import Ops
import Tensors

let reducingRules: [OperatorRule] = [
  reduction("ReduceMean", .mean), reduction("ReduceSum", .sum, axesAreInputs: 13), reduction("ReduceMax", .max),
  reduction("ReduceMin", .min), reduction("ReduceProd", .product), reduction("ReduceL1", .l1),
  reduction("ReduceL2", .l2), reduction("ReduceSumSquare", .sumOfSquares), reduction("ReduceLogSum", .logSum),
  reduction("ReduceLogSumExp", .logSumExp),
  OperatorRule(
    "ArgMax ArgMin", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      let axis = try site.axis(try site.int("axis", default: 0), rank: site.type(x).rank)
      let op = ArgMax(
        axis: axis, keepDims: try site.bool("keepdims", default: true), smallest: site.node.type == "ArgMin",
        last: try site.bool("select_last_index"))
      return [try site.add(op, [x])]
    }),
  OperatorRule(
    "CumSum", note: "along an axis that is known beforehand",
    build: { (site) throws(ImportError) in
      let axis = try site.knownNumber(1, "axis") ?? 0
      let x = try site.input(0)
      guard let place = Int(exactly: axis) else { throw site.error("the axis is \(axis)") }
      let op = CumulativeSum(
        axis: try site.axis(place, rank: site.type(x).rank), exclusive: try site.bool("exclusive"),
        reversed: try site.bool("reverse"))
      return [try site.add(op, [x])]
    }),
]

private func reduction(_ name: String, _ kind: Reduce.Kind, axesAreInputs since: Int = 18) -> OperatorRule {
  OperatorRule(
    name, note: "over any axes that are known beforehand",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      let rank = site.type(x).rank
      let given = site.opset < since ? try site.ints("axes") : try site.knownIntegers(1, "axes")
      let keepsAll = try site.bool("noop_with_empty_axes")
      var axes: [Int] = []
      for axis in given ?? [] { axes.append(try site.axis(axis, rank: rank)) }
      if axes.isEmpty {
        if site.opset >= since, keepsAll { return try unreduced(site, x, kind) }
        axes = Array(0..<rank)
      }
      let op = Reduce(kind: kind, axes: axes, keepDims: try site.bool("keepdims", default: true))
      return [try site.add(op, [x])]
    })
}

/// The reduction of single elements.
private func unreduced(_ site: NodeSite, _ x: Value, _ kind: Reduce.Kind) throws(ImportError) -> [Value] {
  switch kind {
  case .mean, .sum, .max, .min, .product, .logSumExp: try site.pass(x)
  case .l1, .l2: [try site.add(Unary(.abs), [x])]
  case .sumOfSquares: [try site.add(Unary(.square), [x])]
  case .logSum: [try site.add(Activate(.log), [x])]
  }
}
