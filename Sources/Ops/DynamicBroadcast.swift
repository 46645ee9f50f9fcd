public import Graphs
public import Tensors

/// `BroadcastTo` dimensions that are the second input.
public struct DynamicBroadcast: DeferredOp {
  public static let name = "dynamic_broadcast"

  public init() {}

  public var dataInputs: Int { 1 }
  public var valueNames: [String] { ["dimensions"] }

  public func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    BroadcastTo(dims: values[0].attributeValues)
  }

  public func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let wanted = try inputs[1].vectorElements("dimensions")
    // An unknown size may be 1 and so keep what the input has.
    let own = [Int?](repeating: 1, count: max(wanted.count - inputs[0].rank, 0)) + inputs[0].dims
    let aligned = [Int?](repeating: 1, count: own.count - wanted.count) + wanted
    let dims = zip(own, aligned).map { own, wanted -> Int? in
      wanted == 1 ? own : own == nil || own == 1 ? wanted : own
    }
    return [try checkedType(dims, inputs[0].dataType)]
  }
}
