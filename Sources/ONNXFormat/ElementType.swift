import Tensors

/// The element types of ONNX tensors, by their numbers in `TensorProto.DataType`.
enum ElementType: Int32 {
  case float32 = 1, uint8, int8, uint16, int16, int32, int64, string, bool, float16, float64, uint32, uint64
  case complex64, complex128, bfloat16
  case float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, uint4, int4, float4e2m1, float8e8m0, uint2, int2

  /// The type that values are carried in, the same or one that holds all of them; nil for those that are refused.
  var carrier: DataType? {
    switch self {
    case .float32, .float16, .bfloat16: .float32
    case .float64: .float64
    case .uint8: .uint8
    case .int8: .int8
    case .int16, .uint16, .int32: .int32
    case .int64, .uint32, .uint64: .int64
    case .bool: .bool
    default: nil
    }
  }

  /// True where `carrier` computes as the type itself does; halves are computed in single precision.
  var isExact: Bool {
    switch self {
    case .float32, .float64, .uint8, .int8, .int32, .int64, .bool, .float16, .bfloat16: true
    default: false
    }
  }

  var isHalf: Bool { self == .float16 || self == .bfloat16 }

  /// Bytes of one element in `raw_data`, for those that have a carrier.
  var byteCount: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float32, .int32, .uint32: 4
    default: 8
    }
  }
}
