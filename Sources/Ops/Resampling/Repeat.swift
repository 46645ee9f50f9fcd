package import Graphs
package import Tensors

/// Repeats each index of an axis in place: `a b` twice is `a a b b`.
package struct Repeat: Op {
  package static let name = "repeat"

  package var count: Int
  /// Counts from the end if negative.
  package var axis: Int

  package init(_ count: Int, axis: Int) { (self.count, self.axis) = (count, axis) }

  package var attributes: String { "\(count) axis=\(axis)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    guard (1...Limits.attribute).contains(count) else { throw ShapeError("cannot repeat \(count) times") }
    var dims = inputs[0].dims
    let axis = try resolveAxis(axis, rank: dims.count)
    dims[axis] = dims[axis].map { min($0, Limits.dimension + 1) * count }
    return [try checkedType(dims, inputs[0].dataType)]
  }
}

extension Repeat {
  func picks(_ shape: Shape) -> [AxisPick] {
    var result = shape.dims.map(AxisPick.all)
    let axis = axis < 0 ? axis + shape.rank : axis
    result[axis] = AxisPick((0..<shape[axis] * count).map { $0 / count }, ratio: (1, count))
    return result
  }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] { [inputs[0].picking(picks(inputs[0].shape))] }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0], let shape = inputs[0].shape else { return globalReach(count: 1) }
    return pickingReach(inputs[0], output, picks(shape))
  }
}

extension Repeat {
  package func compile(_ site: CompileSite) -> any Step {
    site.inputTypes[0].shape.flatMap { pickingStep(site, picks($0)) } ?? evaluatingStep(self, site)
  }
}
