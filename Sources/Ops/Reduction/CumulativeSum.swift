package import Graphs
package import Tensors

/// Sums of all elements of an axis up to each; integers wrap around.
package struct CumulativeSum: Op {
  package static let name = "cumulative_sum"

  /// Counts from the end if negative.
  package var axis: Int
  /// Leaves out the element itself.
  package var exclusive: Bool
  /// Sums from the end.
  package var reversed: Bool

  package init(axis: Int, exclusive: Bool = false, reversed: Bool = false) {
    (self.axis, self.exclusive, self.reversed) = (axis, exclusive, reversed)
  }

  package var attributes: String {
    "axis=\(axis)" + (exclusive ? " exclusive" : "") + (reversed ? " reversed" : "")
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    _ = try resolveAxis(axis, rank: inputs[0].rank)
    guard inputs[0].dataType != .bool else { throw ShapeError("cannot sum \(inputs[0])") }
    return [TensorType(inputs[0].dataType, inputs[0].dims)]
  }
}

extension CumulativeSum {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (elements, shape) = (inputs[0].elements, inputs[0].shape)
    let sums =
      elements.dataType.isFloating
      ? Tensor.Elements(running(elements.doubles, shape, 0, +), as: elements.dataType)
      : Tensor.Elements(running(elements.wholes, shape, 0, &+), as: elements.dataType)
    return [Tensor(shape, sums)]
  }

  private func running<T>(_ x: [T], _ shape: Shape, _ zero: T, _ add: (T, T) -> T) -> [T] {
    let (outer, count, inner) = shape.split(at: axis)
    var out = x
    for o in 0..<outer {
      for i in 0..<inner {
        var sum = zero
        for step in 0..<count {
          let place = (o * count + (reversed ? count - 1 - step : step)) * inner + i
          let next = add(sum, x[place])
          out[place] = exclusive ? sum : next
          sum = next
        }
      }
    }
    return out
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let alongChannels = axis == -1 || axis == inputs[0].rank - 1
    return alongChannels || isOnePixel(inputs[0]) ? pointwiseReach(count: 1) : globalReach(count: 1)
  }
}
