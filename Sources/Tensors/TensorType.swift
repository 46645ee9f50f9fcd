/// The element types that tensors carry. The fast path is `float32`; the others serve shape arithmetic and exact definitions.
public enum DataType: String, Sendable, Hashable, CaseIterable {
  /// IEEE 754 binary32 and binary64.
  case float32, float64
  /// Signed integers in two's complement, of 64 and 32 bits.
  case int64, int32
  /// Integers of 8 bits, without and with a sign.
  case uint8, int8
  /// Truth values of one byte.
  case bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .uint8, .int8, .bool: 1
    }
  }
}

/// A fully known shape, outermost dimension first. Images are NHWC.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The size of each axis, at least 0.
  public var dims: [Int]

  /// A shape of these sizes; each must be at least 0, anything else is a programmer error.
  public init(_ dims: [Int]) {
    precondition(dims.allSatisfy { $0 >= 0 })
    self.dims = dims
  }

  /// A shape as a literal, such as `[1, 512, 512, 3]`; each size must be at least 0.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// Number of axes: 0 for a scalar.
  public var rank: Int { dims.count }

  /// Number of elements: 1 for a scalar.
  public var count: Int { dims.reduce(1, *) }

  /// Row-major strides in elements.
  public var strides: [Int] {
    var result = [Int](repeating: 1, count: dims.count)
    for axis in dims.indices.dropLast().reversed() { result[axis] = result[axis + 1] * dims[axis + 1] }
    return result
  }

  /// The size of an axis, which must be one of `0..<rank`.
  public subscript(axis: Int) -> Int { dims[axis] }

  /// `1x512x512x3`, the form used in dumps and errors.
  public var description: String { dims.map(String.init).joined(separator: "x") }
}

/// A data type and a shape in which a dimension may still be unknown (`nil`) until the graph is specialised.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  /// Elements of at most so many are kept track of.
  public static let trackedCount = 64

  /// The type of the elements.
  public var dataType: DataType
  /// The size of each axis, `nil` where it is not known.
  public var dims: [Int?]
  /// What is known of the elements of a short tensor of int64 or int32, in row-major order: sizes of images are computed from
  /// such. It has no part in comparisons.
  public private(set) var elements: [Int?]?

  /// A type with sizes that may be unknown; nothing is known of its elements.
  public init(_ dataType: DataType = .float32, _ dims: [Int?]) {
    self.dataType = dataType
    self.dims = dims
  }

  /// A type whose sizes are all known; nothing is known of its elements.
  public init(_ dataType: DataType, _ shape: Shape) { self.init(dataType, shape.dims.map { $0 }) }

  /// True for the same data type and the same sizes, known or not.
  public static func == (a: TensorType, b: TensorType) -> Bool { a.dataType == b.dataType && a.dims == b.dims }

  /// Feeds the data type and the sizes to `hasher`.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(dataType)
    hasher.combine(dims)
  }

  /// The same type with what is known of its elements, where that is kept track of.
  public func knowing(_ elements: [Int?]?) -> TensorType {
    var result = self
    result.elements = isTracked && elements?.count == shape?.count ? elements : nil
    return result
  }

  /// True for a short tensor of int64 or int32.
  public var isTracked: Bool {
    guard dataType == .int64 || dataType == .int32, let shape else { return false }
    return shape.dims.allSatisfy { $0 <= Self.trackedCount } && shape.count <= Self.trackedCount
  }

  /// The tensor of this type, if all its elements are known.
  public var tensor: Tensor? {
    guard let shape, let elements else { return nil }
    let known = elements.compactMap { $0 }
    guard known.count == elements.count else { return nil }
    return Tensor(
      shape, dataType == .int32 ? .int32(known.map { Int32(truncatingIfNeeded: $0) }) : .int64(known.map { Int64($0) }))
  }

  /// Number of axes.
  public var rank: Int { dims.count }

  /// The shape, or `nil` while a dimension is unknown.
  public var shape: Shape? {
    let known = dims.compactMap { $0 }
    return known.count == dims.count ? Shape(known) : nil
  }

  /// `f32[1x?x?x3]`, the form used in dumps and errors.
  public var description: String {
    let short = [
      DataType.float32: "f32", .float64: "f64", .int64: "i64", .int32: "i32", .uint8: "u8", .int8: "i8", .bool: "bool",
    ][dataType]!
    return short + "[" + dims.map { $0.map(String.init) ?? "?" }.joined(separator: "x") + "]"
  }
}
