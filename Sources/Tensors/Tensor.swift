/// A dense, row-major, immutable-by-convention value: a shape and its elements.
public struct Tensor: Sendable, Hashable {
  /// The elements in one of the carried data types.
  public enum Elements: Sendable, Hashable {
    case float32([Float]), float64([Double]), int64([Int64]), int32([Int32]), uint8([UInt8]), int8([Int8])
    case bool([Bool])

    public var count: Int {
      switch self {
      case .float32(let e): e.count
      case .float64(let e): e.count
      case .int64(let e): e.count
      case .int32(let e): e.count
      case .uint8(let e): e.count
      case .int8(let e): e.count
      case .bool(let e): e.count
      }
    }

    public var dataType: DataType {
      switch self {
      case .float32: .float32
      case .float64: .float64
      case .int64: .int64
      case .int32: .int32
      case .uint8: .uint8
      case .int8: .int8
      case .bool: .bool
      }
    }
  }

  public let shape: Shape
  public let elements: Elements

  /// The number of elements must equal the shape's.
  public init(_ shape: Shape, _ elements: Elements) {
    precondition(shape.count == elements.count, "\(shape) does not hold \(elements.count) elements")
    self.shape = shape
    self.elements = elements
  }

  public init(_ shape: Shape, _ floats: [Float]) { self.init(shape, .float32(floats)) }

  public init(_ shape: Shape, repeating value: Float) {
    self.init(shape, [Float](repeating: value, count: shape.count))
  }

  public var dataType: DataType { elements.dataType }

  /// The type, with the elements of a short tensor of integers.
  public var type: TensorType {
    let type = TensorType(dataType, shape)
    guard type.isTracked else { return type }
    return switch elements {
    case .int64(let e): type.knowing(e.map { Int($0) })
    case .int32(let e): type.knowing(e.map { Int($0) })
    default: type
    }
  }

  /// The elements of a float32 tensor; calling it on another type is a programmer error.
  public var floats: [Float] {
    guard case .float32(let e) = elements else { preconditionFailure("expected float32, got \(dataType)") }
    return e
  }

  /// The elements of an int64 tensor; calling it on another type is a programmer error.
  public var integers: [Int64] {
    guard case .int64(let e) = elements else { preconditionFailure("expected int64, got \(dataType)") }
    return e
  }

  /// The same elements under another shape with the same count.
  public func reshaped(_ shape: Shape) -> Tensor { Tensor(shape, elements) }
}
