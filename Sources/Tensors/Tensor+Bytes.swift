extension Tensor {
  /// A tensor whose elements `fill` writes as bytes in native order: every byte must be written, bools as 0 or 1.
  package init(_ shape: Shape, _ dataType: DataType, fill: (UnsafeMutableRawBufferPointer) -> Void) {
    func elements<E>(_ type: E.Type) -> [E] {
      [E](unsafeUninitializedCapacity: shape.count) { buffer, count in
        fill(UnsafeMutableRawBufferPointer(buffer))
        count = shape.count
      }
    }
    switch dataType {
    case .float32: self.init(shape, .float32(elements(Float.self)))
    case .float64: self.init(shape, .float64(elements(Double.self)))
    case .int64: self.init(shape, .int64(elements(Int64.self)))
    case .int32: self.init(shape, .int32(elements(Int32.self)))
    case .uint8: self.init(shape, .uint8(elements(UInt8.self)))
    case .int8: self.init(shape, .int8(elements(Int8.self)))
    case .bool: self.init(shape, .bool(elements(Bool.self)))
    }
  }

  /// The elements as bytes in native order.
  package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    switch elements {
    case .float32(let e): try e.withUnsafeBytes(body)
    case .float64(let e): try e.withUnsafeBytes(body)
    case .int64(let e): try e.withUnsafeBytes(body)
    case .int32(let e): try e.withUnsafeBytes(body)
    case .uint8(let e): try e.withUnsafeBytes(body)
    case .int8(let e): try e.withUnsafeBytes(body)
    case .bool(let e): try e.withUnsafeBytes(body)
    }
  }
}
