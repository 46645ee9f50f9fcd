package import Graphs
package import Tensors

/// The same values in another data type.
///
/// Floats lose their fraction on the way to an integer type and become its nearest value where they are out of range, 0 where they
/// are NaN; integers are taken modulo the size of a smaller type, as in NumPy. True is 1; whatever is not 0 is true.
package struct Cast: Op {
  package static let name = "cast"

  package var dataType: DataType

  package init(to dataType: DataType) { self.dataType = dataType }

  package var attributes: String { dataType.rawValue }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let type = try checkedType(inputs[0].dims, dataType)
    guard dataType == .int32 else { return [type.knowing(inputs[0].elements)] }
    return [type.knowing(inputs[0].elements?.map { $0.map { Int(Int32(truncatingIfNeeded: $0)) } })]
  }
}

extension Cast {
  package var repeatsOneNumber: Bool { true }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] { [inputs[0].cast(to: dataType)] }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}

extension Tensor {
  func cast(to dataType: DataType) -> Tensor {
    if self.dataType == dataType { return self }
    return Tensor(
      shape,
      self.dataType.isFloating
        ? Elements(elements.doubles, as: dataType) : Elements(elements.wholes, as: dataType))
  }
}
