public import Graphs
public import Tensors

/// The sizes of the input, from one axis to before another, as int64; it becomes a constant when they are known.
public struct ShapeOf: Op {
  public static let name = "shape"

  /// As in a slice: they count from the end if negative.
  public var start: Int, stop: Int?

  public init(from start: Int = 0, to stop: Int? = nil) { (self.start, self.stop) = (start, stop) }

  public var attributes: String { start == 0 && stop == nil ? "" : "\(start):\(stop.map(String.init) ?? "")" }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let dims = inputs[0].dims[axes(inputs[0].rank)]
    return [try checkedType([dims.count], .int64).knowing(Array(dims))]
  }

  /// The axes whose sizes are taken.
  public func axes(_ rank: Int) -> Range<Int> {
    let (first, count) = Slice.Axis(0, start: start, stop: stop).resolve(size: rank)
    return first..<first + count
  }
}

extension ShapeOf {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let dims = inputs[0].shape.dims[axes(inputs[0].shape.rank)]
    return [Tensor([dims.count], .int64(dims.map { Int64($0) }))]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] { globalReach(count: 1) }
}
