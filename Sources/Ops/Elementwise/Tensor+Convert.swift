import Tensors

extension DataType {
  var isFloating: Bool { self == .float32 || self == .float64 }
}

extension Tensor.Elements {
  /// The elements as doubles, bools as 0 and 1.
  var doubles: [Double] {
    switch self {
    case .float32(let e): e.map { Double($0) }
    case .float64(let e): e
    case .int64(let e): e.map { Double($0) }
    case .int32(let e): e.map { Double($0) }
    case .uint8(let e): e.map { Double($0) }
    case .int8(let e): e.map { Double($0) }
    case .bool(let e): e.map { $0 ? 1 : 0 }
    }
  }

  /// The elements as int64, bools as 0 and 1; of floats the whole part, or the nearest int64.
  var wholes: [Int64] {
    switch self {
    case .float32(let e): e.map { nearest(Double($0)) }
    case .float64(let e): e.map { nearest($0) }
    case .int64(let e): e
    case .int32(let e): e.map { Int64($0) }
    case .uint8(let e): e.map { Int64($0) }
    case .int8(let e): e.map { Int64($0) }
    case .bool(let e): e.map { $0 ? 1 : 0 }
    }
  }

  /// Doubles rounded once to a float type; for an integer type their whole parts, or the nearest integer of the type, and 0 for NaN.
  /// Every bool but that of 0 is true.
  init(_ values: [Double], as dataType: DataType) {
    switch dataType {
    case .float32: self = .float32(values.map { Float($0) })
    case .float64: self = .float64(values)
    case .int64: self = .int64(values.map { nearest($0) })
    case .int32: self = .int32(values.map { nearest($0) })
    case .uint8: self = .uint8(values.map { nearest($0) })
    case .int8: self = .int8(values.map { nearest($0) })
    case .bool: self = .bool(values.map { $0 != 0 })
    }
  }

  /// Integers rounded once to a float type, or modulo the size of a smaller integer type. Every bool but that of 0 is true.
  init(_ values: [Int64], as dataType: DataType) {
    switch dataType {
    case .float32: self = .float32(values.map { Float($0) })
    case .float64: self = .float64(values.map { Double($0) })
    case .int64: self = .int64(values)
    case .int32: self = .int32(values.map { Int32(truncatingIfNeeded: $0) })
    case .uint8: self = .uint8(values.map { UInt8(truncatingIfNeeded: $0) })
    case .int8: self = .int8(values.map { Int8(truncatingIfNeeded: $0) })
    case .bool: self = .bool(values.map { $0 != 0 })
    }
  }
}

/// The whole part of a double, or the nearest integer of the type; 0 for NaN.
func nearest<I: FixedWidthInteger>(_ x: Double) -> I {
  if x.isNaN { return 0 }
  if x <= Double(I.min) { return I.min }
  return x >= Double(I.max) ? I.max : I(x)
}
