package import Graphs
package import Tensors

/// A tensor of one number over and over.
package struct Fill: Op {
  package static let name = "fill"

  package var dims: [Int]
  package var value: Double
  package var dataType: DataType

  package init(dims: [Int], value: Double, dataType: DataType = .float32) {
    (self.dims, self.value, self.dataType) = (dims, value, dataType)
  }

  package var attributes: String { "[" + dims.map(String.init).joined(separator: ",") + "] \(value)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 0...0)
    let type = try checkedType(dims, dataType)
    let element: Int64 = nearest(value)
    return [type.knowing(type.isTracked ? [Int?](repeating: Int(element), count: type.shape?.count ?? 0) : nil)]
  }
}

extension Fill {
  package var repeatsOneNumber: Bool { true }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let shape = Shape(dims)
    return [Tensor(shape, Tensor.Elements([Double](repeating: value, count: shape.count), as: dataType))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { [] }
}

/// `Fill` of dimensions that are the only input.
package struct DynamicFill: DeferredOp {
  package static let name = "dynamic_fill"

  package var value: Double
  package var dataType: DataType

  package init(value: Double, dataType: DataType = .float32) { (self.value, self.dataType) = (value, dataType) }

  package var attributes: String { "\(value)" }

  package var dataInputs: Int { 0 }
  package var valueNames: [String] { ["dimensions"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    Fill(dims: values[0].attributeValues, value: value, dataType: dataType)
  }

  package func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let dims = try inputs[0].vectorElements("dimensions")
    return [try checkedType(dims, dataType)]
  }
}
