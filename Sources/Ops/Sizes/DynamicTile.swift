package import Graphs
package import Tensors

/// `Tile` with repeats that are the second input.
package struct DynamicTile: DeferredOp {
  package static let name = "dynamic_tile"

  package init() {}

  package var dataInputs: Int { 1 }
  package var valueNames: [String] { ["repeats"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    Tile(repeats: values[0].attributeValues)
  }

  package func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let repeats = try inputs[1].vectorElements("repeats")
    let own = [Int?](repeating: 1, count: max(repeats.count - inputs[0].rank, 0)) + inputs[0].dims
    let aligned = [Int?](repeating: 1, count: own.count - repeats.count) + repeats
    return [try checkedType(zip(own, aligned).map { $1 == 1 ? $0 : nil }, inputs[0].dataType)]
  }
}
