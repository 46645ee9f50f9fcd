package import Graphs
package import Tensors

/// The numbers from a start to below a limit in equal steps.
package struct NumberSequence: Op {
  package static let name = "range"

  package var start: Double, limit: Double
  /// Not 0; downwards, to above the limit, if negative.
  package var step: Double
  package var dataType: DataType

  package init(from start: Double, to limit: Double, by step: Double = 1, dataType: DataType) {
    (self.start, self.limit, self.step, self.dataType) = (start, limit, step, dataType)
  }

  package var attributes: String { "\(start) \(limit) \(step)" }

  private var count: Double { max(0, ((limit - start) / step).rounded(.up)) }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 0...0)
    guard step != 0, count <= Double(Limits.dimension) else {
      throw ShapeError("there are too many steps of \(step) from \(start) to \(limit)")
    }
    let type = try checkedType([Int(count)], dataType)
    return [type.isTracked ? type.knowing(evaluate([])[0].elements.wholes.map { Int($0) }) : type]
  }
}

extension NumberSequence {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let values = (0..<Int(count)).map { start + Double($0) * step }
    return [Tensor([values.count], Tensor.Elements(values, as: dataType))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { [] }
}

/// `NumberSequence` with start, limit and, perhaps, step that are the inputs: scalars.
package struct DynamicSequence: DeferredOp {
  package static let name = "dynamic_range"

  package var dataType: DataType

  package init(dataType: DataType) { self.dataType = dataType }

  package var attributes: String { dataType.rawValue }

  package var dataInputs: Int { 0 }
  package var valueNames: [String] { ["start", "limit", "step"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    let numbers = values.compactMap { $0.shape.count == 1 ? $0.elements.doubles[0] : nil }
    guard numbers.count == values.count, numbers.count >= 2 else {
      throw ShapeError("start, limit and step are scalars")
    }
    return NumberSequence(
      from: numbers[0], to: numbers[1], by: numbers.count > 2 ? numbers[2] : 1, dataType: dataType)
  }

  package func pendingTypes(_ inputs: [TensorType]) -> [TensorType] { [TensorType(dataType, [nil])] }
}
