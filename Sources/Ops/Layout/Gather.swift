package import Graphs
package import Tensors

/// The elements at given indices of one axis: result `[..., i, j, ...]` has the indices' axes in that one's place.
///
/// Inputs: data, indices of int64 or int32. Indices count from the end if negative; those beyond either end mean the element there,
/// unless they are known beforehand and refused.
package struct Gather: Op {
  package static let name = "gather"

  /// Counts from the end if negative.
  package var axis: Int

  package init(axis: Int) { self.axis = axis }

  package var attributes: String { "axis=\(axis)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...2)
    let (data, indices) = (inputs[0], inputs[1])
    guard indices.dataType == .int64 || indices.dataType == .int32 else {
      throw ShapeError("the indices must be integers, gets \(indices)")
    }
    let axis = try resolveAxis(axis, rank: data.rank)
    if let size = data.dims[axis] {
      for case let index? in indices.elements ?? [] where !(-size..<size).contains(index) {
        throw ShapeError("index \(index) is beyond axis \(axis) of \(data)")
      }
      guard size > 0 || indices.dims.contains(0) else { throw ShapeError("axis \(axis) of \(data) is empty") }
    }
    let dims = data.dims[..<axis] + indices.dims + data.dims[(axis + 1)...]
    return [moving(inputs, try checkedType(Array(dims), data.dataType))]
  }
}

extension Gather {
  /// For each axis of the data, the indices that are taken; the axes of `indices` joined to one.
  func picks(_ shape: Shape, _ indices: [Int64]) -> [AxisPick] {
    let axis = axis < 0 ? axis + shape.rank : axis
    var result = shape.dims.map(AxisPick.all)
    let size = Int64(shape[axis])
    result[axis] = AxisPick(indices.map { Int(min(max($0 < 0 ? $0 &+ size : $0, 0), size - 1)) })
    return result
  }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let shape = inputs[0].shape
    let axis = axis < 0 ? axis + shape.rank : axis
    let picked = inputs[0].picking(picks(shape, inputs[1].elements.wholes))
    return [picked.reshaped(Shape(shape.dims[..<axis] + inputs[1].shape.dims + shape.dims[(axis + 1)...]))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    // Channels, whichever they are.
    if inputs[0].rank == 4, inputs[1].rank == 1, axis == 3 || axis == -1 { return [.pointwise, .global] }
    guard let output = try? outputTypes(inputs)[0], let shape = inputs[0].shape, output.rank == shape.rank,
      let indices = inputs[1].tensor
    else { return globalReach(count: 2) }
    return pickingReach(inputs[0], output, picks(shape, indices.elements.wholes)) + [.global]
  }
}

extension Gather {
  package func compile(_ site: CompileSite) -> any Step {
    guard let shape = site.inputTypes[0].shape, site.inputTypes[1].rank == 1, let indices = site.constants[1],
      let step = pickingStep(site, picks(shape, indices.elements.wholes))
    else { return evaluatingStep(self, site) }
    return step
  }
}
