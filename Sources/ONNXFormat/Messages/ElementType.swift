import Ops
import Tensors

/// The element types of ONNX tensors, by their numbers in `TensorProto.DataType`.
enum ElementType: Int32 {
  case float32 = 1, uint8, int8, uint16, int16, int32, int64, string, bool, float16, float64, uint32, uint64
  case complex64, complex128, bfloat16
  case float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, uint4, int4, float4e2m1, float8e8m0, uint2, int2

  /// The type that values are carried in, the same or one that holds all of them; nil for those that are refused.
  var carrier: DataType? {
    switch self {
    case .float32, .float16, .bfloat16, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz: .float32
    case .float64: .float64
    case .uint8, .uint4: .uint8
    case .int8, .int4: .int8
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

  var float8: Float8Format? {
    switch self {
    case .float8e4m3fn: .e4m3fn
    case .float8e4m3fnuz: .e4m3fnuz
    case .float8e5m2: .e5m2
    case .float8e5m2fnuz: .e5m2fnuz
    default: nil
    }
  }

  /// The integers of a type that is quantized to.
  var wholes: ClosedRange<Int>? {
    switch self {
    case .int4: -8...7
    case .uint4: 0...15
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32768...32767
    case .uint16: 0...65535
    default: nil
    }
  }

  /// The integers of a type that is cast to, where a carrier of 64 bits has them all.
  var integers: ClosedRange<Int>? { self == .uint32 ? 0...Int(UInt32.max) : wholes }

  /// Bits of one element in `raw_data`, for those that have a carrier.
  var bits: Int {
    switch self {
    case .uint4, .int4: 4
    case .uint8, .int8, .bool, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz: 8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .float32, .int32, .uint32: 32
    default: 64
    }
  }

  /// Bytes of `count` elements in `raw_data`, where two numbers of four bits share a byte.
  func byteCount(of count: Int) -> Int { bits < 8 ? (count + 1) / 2 : count * (bits / 8) }
}
