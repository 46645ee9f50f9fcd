package import Graphs
package import Tensors

/// Joins tensors of one rank and data type along an axis; the other dimensions must agree.
package struct Concat: Op {
  package static let name = "concat"

  /// Counts from the end if negative.
  package var axis: Int

  package init(axis: Int) { self.axis = axis }

  package var attributes: String { "axis=\(axis)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
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
    return [moving(inputs, try checkedType(joined.dims, joined.dataType), sources: inputs.indices)]
  }
}

extension Concat {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let axis = axis < 0 ? axis + inputs[0].shape.rank : axis
    let parts = inputs.map { $0.shape.split(at: axis) }
    var dims = inputs[0].shape.dims
    dims[axis] = parts.reduce(0) { $0 + $1.count }
    var order: [Int] = []
    for outer in 0..<parts[0].outer {
      var start = 0
      for part in parts {
        let block = part.count * part.inner
        order.append(contentsOf: start + outer * block..<start + (outer + 1) * block)
        start += part.outer * block
      }
    }
    let all = inputs.dropFirst().reduce(inputs[0].elements) { $0.appending($1.elements) }
    return [Tensor(Shape(dims), all.gathering(order))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let alongChannels = axis == -1 || axis == inputs[0].rank - 1
    guard (alongChannels && imageSize(inputs[0]) != nil) || joinsPixels(inputs) else {
      return globalReach(count: inputs.count)
    }
    return [Reach](repeating: .pointwise, count: inputs.count)
  }

  /// True when inputs and result are each laid out as one pixel.
  private func joinsPixels(_ inputs: [TensorType]) -> Bool {
    guard let output = try? outputTypes(inputs)[0] else { return false }
    return isOnePixel(output) && inputs.allSatisfy(isOnePixel)
  }
}
