public import Graphs
public import Tensors

/// Joins tensors of one rank and data type along an axis; the other dimensions must agree.
public struct Concat: Op {
  public static let name = "concat"

  /// Counts from the end if negative.
  public var axis: Int

  public init(axis: Int) { self.axis = axis }

  public var attributes: String { "axis=\(axis)" }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...Limits.attribute)
    var joined = inputs[0]
    let axis = try resolveAxis(axis, rank: joined.rank)
    for next in inputs.dropFirst() {
      guard next.rank == joined.rank, next.dataType == joined.dataType else {
        throw ShapeError("cannot join \(joined) and \(next)")
      }
      for other in joined.dims.indices where other != axis {
        joined.dims[other] = try unify(joined.dims[other], next.dims[other], "sizes differ along axis \(other)")
      }
      guard let sum = joined.dims[axis], let more = next.dims[axis] else {
        joined.dims[axis] = nil
        continue
      }
      joined.dims[axis] = try checkedType([sum, more], joined.dataType).dims[0]! + more
    }
    return [try checkedType(joined.dims, joined.dataType)]
  }
}
