package import Graphs
package import Tensors

/// Moves the elements of an axis towards its end; what leaves it comes in at its start.
package struct Roll: Op {
  package static let name = "roll"

  /// Towards the start if negative.
  package var shift: Int
  /// Counts from the end if negative.
  package var axis: Int

  package init(_ shift: Int, axis: Int) { (self.shift, self.axis) = (shift, axis) }

  package var attributes: String { "\(shift) axis=\(axis)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    _ = try resolveAxis(axis, rank: inputs[0].rank)
    return [TensorType(inputs[0].dataType, inputs[0].dims)]
  }
}

extension Roll {
  func picks(_ shape: Shape) -> [AxisPick] {
    var result = shape.dims.map(AxisPick.all)
    let axis = axis < 0 ? axis + shape.rank : axis
    let size = shape[axis]
    guard size > 0, shift % size != 0 else { return result }
    let start = size - ((shift % size) + size) % size
    result[axis] = AxisPick((0..<size).map { ($0 + start) % size })
    return result
  }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] { [inputs[0].picking(picks(inputs[0].shape))] }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let shape = inputs[0].shape else { return globalReach(count: 1) }
    return pickingReach(inputs[0], inputs[0], picks(shape))
  }
}

extension Roll {
  package func compile(_ site: CompileSite) -> any Step {
    site.inputTypes[0].shape.flatMap { pickingStep(site, picks($0)) } ?? evaluatingStep(self, site)
  }
}
