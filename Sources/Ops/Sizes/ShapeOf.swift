package import Graphs
package import Tensors

/// The sizes of the input, from one axis to before another, as int64; it becomes a constant when they are known.
package struct ShapeOf: Op {
  package static let name = "shape"

  /// As in a slice: they count from the end if negative.
  package var start: Int, stop: Int?

  package init(from start: Int = 0, to stop: Int? = nil) { (self.start, self.stop) = (start, stop) }

  package var attributes: String { start == 0 && stop == nil ? "" : "\(start):\(stop.map(String.init) ?? "")" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let dims = inputs[0].dims[axes(inputs[0].rank)]
    return [try checkedType([dims.count], .int64).knowing(Array(dims))]
  }

  /// The axes whose sizes are taken.
  package func axes(_ rank: Int) -> Range<Int> {
    let (first, count) = Slice.Axis(0, start: start, stop: stop).resolve(size: rank)
    return first..<first + count
  }
}

extension ShapeOf {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let dims = inputs[0].shape.dims[axes(inputs[0].shape.rank)]
    return [Tensor([dims.count], .int64(dims.map { Int64($0) }))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { globalReach(count: 1) }
}
