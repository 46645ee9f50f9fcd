package import Graphs
package import Tensors

/// Floats as small integers: `x / scale` rounded, halves to the even integer, plus the zero point, or the nearest integer of the type.
///
/// Inputs: x, scale (one number, or one for each index of `axis`), zero point (of the result's type, shaped as scale).
package struct Quantize: Op {
  package static let name = "quantize"

  /// Counts from the end if negative.
  package var axis: Int

  package init(axis: Int) { self.axis = axis }

  package var attributes: String { "axis=\(axis)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 3...3)
    let x = try inputs.float(0)
    let scale = try inputs.float(1, "scale")
    guard inputs[2].dataType == .uint8 || inputs[2].dataType == .int8 || inputs[2].dataType == .int32,
      inputs[2].dims == scale.dims
    else { throw ShapeError("the zero point \(inputs[2]) does not go with the scale \(scale)") }
    if scale.shape?.count != 1 {
      let axis = try resolveAxis(axis, rank: x.rank)
      guard scale.rank == 1 else { throw ShapeError("the scale must be a number or a vector, gets \(scale)") }
      _ = try unify(scale.dims[0], x.dims[axis], "the scale does not go with axis \(axis) of \(x)")
    }
    return [try checkedType(x.dims, inputs[2].dataType)]
  }
}

extension Quantize {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, scale, zero) = (inputs[0].floats, inputs[1].floats, inputs[2].elements.wholes)
    let (_, count, inner) = scale.count == 1 ? (1, 1, 1) : inputs[0].shape.split(at: axis)
    let values = x.enumerated().map { index, x in
      let place = scale.count == 1 ? 0 : index / inner % count
      return Double((x / scale[place]).rounded(.toNearestOrEven)) + Double(zero[place])
    }
    return [Tensor(inputs[0].shape, Tensor.Elements(values, as: inputs[2].dataType))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let isRow = inputs[1].shape?.count == 1 || axis == -1 || axis == inputs[0].rank - 1
    return isRow || isOnePixel(inputs[0]) ? pointwiseReach(count: 3) : globalReach(count: 3)
  }
}
