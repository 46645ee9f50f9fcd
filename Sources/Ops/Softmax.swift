public import Graphs
public import Tensors

/// `exp(x - max)` over its sum, along one axis.
public struct Softmax: Op {
  public static let name = "softmax"

  /// Counts from the end if negative.
  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public var attributes: String { "axis=\(axis)" }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    _ = try resolveAxis(axis, rank: inputs[0].rank)
    return [try inputs.float(0)]
  }
}
