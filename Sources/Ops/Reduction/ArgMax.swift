package import Graphs
package import Tensors

/// The index of the largest or smallest element along one axis, as int64; of equal ones the first or the last.
package struct ArgMax: Op {
  package static let name = "argmax"

  /// Counts from the end if negative.
  package var axis: Int
  /// Keeps the axis with size 1.
  package var keepDims: Bool
  package var smallest: Bool
  package var last: Bool

  package init(axis: Int = -1, keepDims: Bool = false, smallest: Bool = false, last: Bool = false) {
    (self.axis, self.keepDims, self.smallest, self.last) = (axis, keepDims, smallest, last)
  }

  package var attributes: String {
    "axis=\(axis)" + (keepDims ? " keepDims" : "") + (smallest ? " smallest" : "") + (last ? " last" : "")
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    var dims = inputs[0].dims
    let axis = try resolveAxis(axis, rank: dims.count)
    guard dims[axis] != 0 else { throw ShapeError("axis \(axis) of \(inputs[0]) is empty") }
    if keepDims { dims[axis] = 1 } else { dims.remove(at: axis) }
    return [try checkedType(dims, .int64)]
  }
}

extension ArgMax {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let shape = inputs[0].shape
    let out =
      inputs[0].dataType.isFloating
      ? indices(inputs[0].elements.doubles, shape) : indices(inputs[0].elements.wholes, shape)
    var dims = shape.dims
    let place = axis < 0 ? axis + shape.rank : axis
    if keepDims { dims[place] = 1 } else { dims.remove(at: place) }
    return [Tensor(Shape(dims), .int64(out))]
  }

  private func indices<T: Comparable>(_ x: [T], _ shape: Shape) -> [Int64] {
    let (outer, count, inner) = shape.split(at: axis)
    var out: [Int64] = []
    out.reserveCapacity(outer * inner)
    for o in 0..<outer {
      for i in 0..<inner {
        var best = 0
        for k in 1..<max(count, 1) {
          let (next, found) = (x[(o * count + k) * inner + i], x[(o * count + best) * inner + i])
          if smallest ? next < found : next > found { best = k } else if last && next == found { best = k }
        }
        out.append(Int64(best))
      }
    }
    return out
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let alongChannels = keepDims && (axis == -1 || axis == inputs[0].rank - 1)
    let single = (try? isOnePixel(outputTypes(inputs)[0])) == true && isOnePixel(inputs[0])
    return alongChannels || single ? pointwiseReach(count: 1) : globalReach(count: 1)
  }
}
