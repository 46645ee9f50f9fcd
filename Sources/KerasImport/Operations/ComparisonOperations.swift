import Graphs
import ModelFiles
import Ops
import Tensors

let comparisonOperations: [OperationRule] =
  [
    ("Greater", "greater", Compare.Relation.greater), ("GreaterEqual", "greater_equal", .greaterOrEqual),
    ("Less", "less", .less), ("LessEqual", "less_equal", .lessOrEqual), ("Equal", "equal", .equal),
    ("NotEqual", "not_equal", .notEqual),
  ].map { name, symbol, relation in
    OperationRule(
      name, "x1 x2", tensorFlow: ["math.\(symbol) \(symbol)": "x=x1 y=x2"], note: "comparison of two"
    ) { (site) throws(ImportError) in [try site.add(Compare(relation), try site.operands("x1", "x2"))] }
  }
  + [
    ("LogicalAnd", "logical_and", Logical.Function.and), ("LogicalOr", "logical_or", .or),
    ("LogicalXor", "logical_xor", .xor),
  ].map { name, symbol, function in
    OperationRule(
      name, "x1 x2", tensorFlow: ["math.\(symbol) \(symbol)": "x=x1 y=x2"], note: "of two conditions"
    ) { (site) throws(ImportError) in
      let a = try site.condition(try site.tensor("x1"), part: "x1_bool")
      let b = try site.condition(try site.tensor("x2"), part: "x2_bool")
      return [try site.add(Logical(function), [a, b])]
    }
  }
  + [
    OperationRule("LogicalNot", "x", tensorFlow: ["math.logical_not logical_not": "x"], note: "of a condition") {
      (site) throws(ImportError) in
      [try site.add(Unary(.not), [try site.condition(try site.tensor("x"), part: "bool")])]
    },
    OperationRule(
      "Where", "condition x1 x2", tensorFlow: ["where compat.v1.where_v2": "condition x=x1 y=x2"],
      note: "one of two by a condition"
    ) { (site) throws(ImportError) in
      let condition = try site.condition(try site.tensor("condition"), part: "condition_bool")
      return [try site.add(Where(), [condition] + site.operands("x1", "x2"))]
    },
  ]
  + [("Isnan", "is_nan", Unary.Function.isNaN), ("Isinf", "is_inf", .isInfinite), ("Isfinite", "is_finite", .isFinite)]
  .map { name, symbol, function in
    OperationRule(name, "x", tensorFlow: ["math.\(symbol)": "x"], note: "test of each element") {
      (site) throws(ImportError) in [try site.add(Unary(function), [try site.float(try site.tensor("x"))])]
    }
  }

extension OperationSite {
  /// The value as bools: true where it is not 0.
  func condition(_ value: Value, part: String) throws(ImportError) -> Value { try cast(value, .bool, part: part) }
}
