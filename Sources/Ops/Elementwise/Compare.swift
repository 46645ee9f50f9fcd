package import Graphs
package import Tensors

/// Compares two tensors of one data type element by element with NumPy broadcasting; NaN equals nothing and has no order.
package struct Compare: Op {
  package enum Relation: String, Sendable, Hashable, CaseIterable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  }

  package static let name = "compare"

  package var relation: Relation

  package init(_ relation: Relation) { self.relation = relation }

  package var attributes: String { relation.rawValue }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...2)
    _ = try inputs.commonDataType(0..<2)
    return [try checkedType(try inputs.broadcastDims(), .bool)]
  }
}

extension Compare.Relation {
  func holds<T: Comparable>(_ a: T, _ b: T) -> Bool {
    switch self {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }
}

extension Compare {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let operands = inputs.broadcast()
    let (a, b) = (operands[0].elements, operands[1].elements)
    let results: [Bool] =
      a.dataType.isFloating
      ? zip(a.doubles, b.doubles).map(relation.holds) : zip(a.wholes, b.wholes).map(relation.holds)
    return [Tensor(operands[0].shape, .bool(results))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 2) }
    return broadcastReach(inputs, output)
  }
}
