package import Graphs
package import Tensors

/// Joins two tensors of bools element by element with NumPy broadcasting.
package struct Logical: Op {
  package enum Function: String, Sendable, Hashable, CaseIterable { case and, or, xor }

  package static let name = "logical"

  package var function: Function

  package init(_ function: Function) { self.function = function }

  package var attributes: String { function.rawValue }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...2)
    for type in inputs where type.dataType != .bool { throw ShapeError("takes bools, gets \(type)") }
    return [try checkedType(try inputs.broadcastDims(), .bool)]
  }
}

extension Logical {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let operands = inputs.broadcast()
    let results = zip(operands[0].elements.wholes, operands[1].elements.wholes).map { a, b in
      switch function {
      case .and: a & b != 0
      case .or: a | b != 0
      case .xor: a != b
      }
    }
    return [Tensor(operands[0].shape, .bool(results))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 2) }
    return broadcastReach(inputs, output)
  }
}
