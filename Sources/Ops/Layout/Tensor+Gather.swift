import Tensors

extension Tensor.Elements {
  /// The elements at these indices, in this order.
  func gathering(_ order: [Int]) -> Tensor.Elements {
    switch self {
    case .float32(let e): .float32(order.map { e[$0] })
    case .float64(let e): .float64(order.map { e[$0] })
    case .int64(let e): .int64(order.map { e[$0] })
    case .int32(let e): .int32(order.map { e[$0] })
    case .uint8(let e): .uint8(order.map { e[$0] })
    case .int8(let e): .int8(order.map { e[$0] })
    case .bool(let e): .bool(order.map { e[$0] })
    }
  }

  /// These elements, then those of `other`, which has the same data type.
  func appending(_ other: Tensor.Elements) -> Tensor.Elements {
    switch (self, other) {
    case (.float32(let a), .float32(let b)): .float32(a + b)
    case (.float64(let a), .float64(let b)): .float64(a + b)
    case (.int64(let a), .int64(let b)): .int64(a + b)
    case (.int32(let a), .int32(let b)): .int32(a + b)
    case (.uint8(let a), .uint8(let b)): .uint8(a + b)
    case (.int8(let a), .int8(let b)): .int8(a + b)
    case (.bool(let a), .bool(let b)): .bool(a + b)
    default: preconditionFailure("cannot join \(dataType) and \(other.dataType)")
    }
  }
}

extension Shape {
  /// The sizes before, at and after an axis: element `(o, k, i)` is at `(o * count + k) * inner + i`.
  func split(at axis: Int) -> (outer: Int, count: Int, inner: Int) {
    let axis = axis < 0 ? axis + rank : axis
    return (dims[..<axis].reduce(1, *), dims[axis], dims[(axis + 1)...].reduce(1, *))
  }
}
