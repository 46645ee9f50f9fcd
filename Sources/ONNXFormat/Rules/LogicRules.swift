import Graphs
import ModelFiles
import Ops
import Tensors

let logicRules: [OperatorRule] = [
  comparison("Equal", .equal), comparison("Less", .less), comparison("LessOrEqual", .lessOrEqual),
  comparison("Greater", .greater), comparison("GreaterOrEqual", .greaterOrEqual),
  logical("And", .and), logical("Or", .or), logical("Xor", .xor),
  OperatorRule("Not", note: "", build: { (site) throws(ImportError) in [try site.add(Unary(.not), [site.input(0)])] }),
  OperatorRule(
    "Where", note: "with broadcasting",
    build: { (site) throws(ImportError) in [try site.add(Where(), [site.input(0), site.input(1), site.input(2)])] }),
  OperatorRule(
    "IsNaN", note: "", build: { (site) throws(ImportError) in [try site.add(Unary(.isNaN), [site.input(0)])] }),
  OperatorRule(
    "IsInf", note: "",
    build: { (site) throws(ImportError) in
      let x = try site.input(0)
      let above = try site.bool("detect_positive", default: true),
        below = try site.bool("detect_negative", default: true)
      if above && below { return [try site.add(Unary(.isInfinite), [x])] }
      let end = site.constant(above ? .infinity : -.infinity, like: x, part: "infinity")
      if above || below { return [try site.add(Compare(.equal), [x, end])] }
      let never = try site.add(Compare(.equal), [x, site.constant(.nan, like: x, part: "nan")])
      return [never]
    }),
]

private func comparison(_ name: String, _ relation: Compare.Relation) -> OperatorRule {
  OperatorRule(
    name, note: "with broadcasting",
    build: { (site) throws(ImportError) in [try site.add(Compare(relation), site.operands())] })
}

private func logical(_ name: String, _ function: Logical.Function) -> OperatorRule {
  OperatorRule(
    name, note: "with broadcasting",
    build: { (site) throws(ImportError) in [try site.add(Logical(function), site.operands())] })
}
