public import Graphs
public import Tensors

/// Compares two tensors of one data type element by element with NumPy broadcasting; NaN equals nothing and has no order.
public struct Compare: Op {
  public enum Relation: String, Sendable, Hashable, CaseIterable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  }

  public static let name = "compare"

  public var relation: Relation

  public init(_ relation: Relation) { self.relation = relation }

  public var attributes: String { relation.rawValue }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
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
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let operands = inputs.broadcast()
    let (a, b) = (operands[0].elements, operands[1].elements)
    let results: [Bool] =
      a.dataType.isFloating
      ? zip(a.doubles, b.doubles).map(relation.holds) : zip(a.wholes, b.wholes).map(relation.holds)
    return [Tensor(operands[0].shape, .bool(results))]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 2) }
    return broadcastReach(inputs, output)
  }
}
