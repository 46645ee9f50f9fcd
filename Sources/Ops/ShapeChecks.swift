import Graphs
import Tensors

/// Bounds on what a model may ask for, small enough that no size computed from them overflows.
enum Limits {
  /// Strides, window sizes, dilations, paddings.
  static let attribute = 1 << 24
  /// One dimension of a tensor.
  static let dimension = 1 << 31
  /// Elements of a tensor.
  static let elements = 1 << 48
}

/// A result type whose dimensions and element count are within `Limits`.
func checkedType(_ dims: [Int?], _ dataType: DataType = .float32) throws(ShapeError) -> TensorType {
  var count = 1
  for case let dim? in dims {
    guard (0...Limits.dimension).contains(dim) else { throw ShapeError("a dimension of \(dim) is out of range") }
    let (product, overflow) = count.multipliedReportingOverflow(by: max(dim, 1))
    guard !overflow, product <= Limits.elements else {
      throw ShapeError("\(TensorType(dataType, dims)) has too many elements")
    }
    count = product
  }
  return TensorType(dataType, dims)
}

/// The common value of two dimensions that must agree, the known one where the other is unknown.
func unify(_ a: Int?, _ b: Int?, _ what: @autoclosure () -> String) throws(ShapeError) -> Int? {
  guard let a else { return b }
  guard let b, a != b else { return a }
  throw ShapeError("\(what()): \(a) and \(b)")
}

/// `axis` counted from the front; a negative one counts from the end.
func resolveAxis(_ axis: Int, rank: Int) throws(ShapeError) -> Int {
  guard (-rank..<rank).contains(axis) else { throw ShapeError("axis \(axis) does not exist in rank \(rank)") }
  return axis < 0 ? axis + rank : axis
}

extension [TensorType] {
  func require(count range: ClosedRange<Int>) throws(ShapeError) {
    guard range.contains(count) else {
      let wanted = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
      throw ShapeError("takes \(wanted) inputs, gets \(count)")
    }
  }

  /// The float32 input at `index`, of the given rank if one is given.
  func float(_ index: Int, _ what: String = "input", rank: Int? = nil) throws(ShapeError) -> TensorType {
    let type = self[index]
    guard type.dataType == .float32 else { throw ShapeError("the \(what) must be float32, gets \(type)") }
    if let rank, type.rank != rank { throw ShapeError("the \(what) must have rank \(rank), gets \(type)") }
    for case let dim? in type.dims where dim > Limits.dimension {
      throw ShapeError("the \(what) is too large: \(type)")
    }
    return type
  }

  /// The NHWC float32 image at `index`.
  func image(_ index: Int = 0) throws(ShapeError) -> TensorType { try float(index, "image", rank: 4) }

  /// A convolution kernel at `index`: rank 4 and every dimension known and positive.
  func kernel(_ index: Int) throws(ShapeError) -> Shape {
    let type = try float(index, "kernel", rank: 4)
    guard let shape = type.shape, shape.dims.allSatisfy({ (1...Limits.attribute).contains($0) }) else {
      throw ShapeError("the kernel must have known positive dimensions, gets \(type)")
    }
    return shape
  }

  /// Checks a vector of `count` elements at `index`, if there is such an input.
  func vector(_ index: Int, _ what: String, count wanted: Int?) throws(ShapeError) {
    guard index < count else { return }
    let type = try float(index, what, rank: 1)
    if let wanted, let has = type.dims[0], has != wanted {
      throw ShapeError("the \(what) has \(has) elements, expected \(wanted)")
    }
  }
}
