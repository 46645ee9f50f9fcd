public import Graphs
public import Tensors

/// The index of the first largest element along one axis, as int64.
public struct ArgMax: Op {
  public static let name = "argmax"

  /// Counts from the end if negative.
  public var axis: Int
  /// Keeps the axis with size 1.
  public var keepDims: Bool

  public init(axis: Int = -1, keepDims: Bool = false) { (self.axis, self.keepDims) = (axis, keepDims) }

  public var attributes: String { "axis=\(axis)" + (keepDims ? " keepDims" : "") }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    var dims = try inputs.float(0).dims
    let axis = try resolveAxis(axis, rank: dims.count)
    guard dims[axis] != 0 else { throw ShapeError("axis \(axis) of \(inputs[0]) is empty") }
    if keepDims { dims[axis] = 1 } else { dims.remove(at: axis) }
    return [try checkedType(dims, .int64)]
  }
}
