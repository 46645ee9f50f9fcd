public import Graphs
public import Tensors

/// A tensor of one number over and over.
public struct Fill: Op {
  public static let name = "fill"

  public var dims: [Int]
  public var value: Double
  public var dataType: DataType

  public init(dims: [Int], value: Double, dataType: DataType = .float32) {
    (self.dims, self.value, self.dataType) = (dims, value, dataType)
  }

  public var attributes: String { "[" + dims.map(String.init).joined(separator: ",") + "] \(value)" }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 0...0)
    let type = try checkedType(dims, dataType)
    let element: Int64 = nearest(value)
    return [type.knowing(type.isTracked ? [Int?](repeating: Int(element), count: type.shape?.count ?? 0) : nil)]
  }
}

extension Fill {
  public var repeatsOneNumber: Bool { true }

  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let shape = Shape(dims)
    return [Tensor(shape, Tensor.Elements([Double](repeating: value, count: shape.count), as: dataType))]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] { [] }
}

/// `Fill` of dimensions that are the only input.
public struct DynamicFill: DeferredOp {
  public static let name = "dynamic_fill"

  public var value: Double
  public var dataType: DataType

  public init(value: Double, dataType: DataType = .float32) { (self.value, self.dataType) = (value, dataType) }

  public var attributes: String { "\(value)" }

  public var dataInputs: Int { 0 }
  public var valueNames: [String] { ["dimensions"] }

  public func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    Fill(dims: values[0].attributeValues, value: value, dataType: dataType)
  }

  public func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let dims = try inputs[0].vectorElements("dimensions")
    return [try checkedType(dims, dataType)]
  }
}
