public import Graphs
public import Tensors

/// `Reshape` to dimensions that are the second input.
public struct DynamicReshape: DeferredOp {
  public static let name = "dynamic_reshape"

  /// No dimension is copied from the input: a 0 would make an empty result, which is refused.
  public var copiesNothing: Bool

  public init(copiesNothing: Bool = false) { self.copiesNothing = copiesNothing }

  public var attributes: String { copiesNothing ? "copies nothing" : "" }

  public var dataInputs: Int { 1 }
  public var valueNames: [String] { ["dimensions"] }

  public func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    let dims = values[0].attributeValues
    guard !copiesNothing || !dims.contains(0) else { throw ShapeError("cannot reshape to the empty \(dims)") }
    return Reshape(dims: dims)
  }

  public func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let wanted = try inputs[1].vectorElements("dimensions")
    let dims = wanted.enumerated().map { place, dim -> Int? in
      guard let dim, dim >= 0 else { return nil }
      return dim > 0 ? dim : place < inputs[0].rank ? inputs[0].dims[place] : nil
    }
    return [try checkedType(dims, inputs[0].dataType)]
  }
}
