/// A dense, row-major, immutable-by-convention value: a shape and its elements.
public struct Tensor: Sendable, Hashable {
  /// The elements in one of the carried data types.
  public enum Elements: Sendable, Hashable {
    /// Row-major elements of the data type of the same name.
    case float32([Float]), float64([Double]), int64([Int64]), int32([Int32]), uint8([UInt8]), int8([Int8])
    /// Row-major truth values.
    case bool([Bool])

    /// Number of elements.
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

    /// The type of the elements.
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

  /// The size of each axis.
  public let shape: Shape
  /// All elements, row-major: `shape.count` of them.
  public let elements: Elements

  /// A tensor of these row-major elements; their number must equal the shape's, anything else is a programmer error.
  public init(_ shape: Shape, _ elements: Elements) {
    precondition(shape.count == elements.count, "\(shape) does not hold \(elements.count) elements")
    self.shape = shape
    self.elements = elements
  }

  /// A float32 tensor of these row-major elements; their number must equal the shape's, anything else is a programmer error.
  public init(_ shape: Shape, _ floats: [Float]) { self.init(shape, .float32(floats)) }

  /// A float32 tensor all of whose elements are `value`.
  public init(_ shape: Shape, repeating value: Float) {
    self.init(shape, [Float](repeating: value, count: shape.count))
  }

  /// The type of the elements.
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

  /// The same row-major elements under another shape; its count must be the same, anything else is a programmer error.
  public func reshaped(_ shape: Shape) -> Tensor { Tensor(shape, elements) }
}
