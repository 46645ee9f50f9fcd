package import Graphs
package import Tensors

/// `Reshape` to dimensions that are the second input.
package struct DynamicReshape: DeferredOp {
  package static let name = "dynamic_reshape"

  /// No dimension is copied from the input: a 0 would make an empty result, which is refused.
  package var copiesNothing: Bool

  package init(copiesNothing: Bool = false) { self.copiesNothing = copiesNothing }

  package var attributes: String { copiesNothing ? "copies nothing" : "" }

  package var dataInputs: Int { 1 }
  package var valueNames: [String] { ["dimensions"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    let dims = values[0].attributeValues
    guard !copiesNothing || !dims.contains(0) else { throw ShapeError("cannot reshape to the empty \(dims)") }
    return Reshape(dims: dims)
  }

  package func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let wanted = try inputs[1].vectorElements("dimensions")
    let dims = wanted.enumerated().map { place, dim -> Int? in
      guard let dim, dim >= 0 else { return nil }
      return dim > 0 ? dim : place < inputs[0].rank ? inputs[0].dims[place] : nil
    }
    return [try checkedType(dims, inputs[0].dataType)]
  }
}
