extension Tensor {
  /// A tensor without elements; the shape's count must be 0.
  public static func empty(_ shape: Shape, _ dataType: DataType) -> Tensor {
    switch dataType {
    case .float32: Tensor(shape, .float32([]))
    case .float64: Tensor(shape, .float64([]))
    case .int64: Tensor(shape, .int64([]))
    case .int32: Tensor(shape, .int32([]))
    case .uint8: Tensor(shape, .uint8([]))
    case .bool: Tensor(shape, .bool([]))
    }
  }

  /// The elements as bytes in native order.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    switch elements {
    case .float32(let e): try e.withUnsafeBytes(body)
    case .float64(let e): try e.withUnsafeBytes(body)
    case .int64(let e): try e.withUnsafeBytes(body)
    case .int32(let e): try e.withUnsafeBytes(body)
    case .uint8(let e): try e.withUnsafeBytes(body)
    case .bool(let e): try e.withUnsafeBytes(body)
    }
  }
}
