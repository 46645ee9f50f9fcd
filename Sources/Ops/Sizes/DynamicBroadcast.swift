package import Graphs
package import Tensors

/// `BroadcastTo` dimensions that are the second input.
package struct DynamicBroadcast: DeferredOp {
  package static let name = "dynamic_broadcast"

  package init() {}

  package var dataInputs: Int { 1 }
  package var valueNames: [String] { ["dimensions"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    BroadcastTo(dims: values[0].attributeValues)
  }

  package func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
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
