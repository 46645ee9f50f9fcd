package import Graphs
package import Tensors

/// `Slice` along given axes with starts and stops, and perhaps steps, that are the other inputs: a vector each, or a scalar for a
/// single axis.
package struct DynamicSlice: DeferredOp {
  package static let name = "dynamic_slice"

  /// Count from the end if negative.
  package var axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var attributes: String { "axes=[" + axes.map(String.init).joined(separator: ",") + "]" }

  package var dataInputs: Int { 1 }
  package var valueNames: [String] { ["starts", "stops", "steps"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    let numbers = values.map(\.attributeValues)
    guard numbers.count >= 2, numbers.allSatisfy({ $0.count == axes.count }) else {
      throw ShapeError("needs \(axes.count) starts, stops and steps")
    }
    return Slice(
      axes.indices.map { index in
        Slice.Axis(
          axes[index], start: numbers[0][index], stop: numbers[1][index],
          step: numbers.count > 2 ? numbers[2][index] : 1)
      })
  }

  package func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    var dims = inputs[0].dims
    for axis in axes { dims[try resolveAxis(axis, rank: dims.count)] = nil }
    return [try checkedType(dims, inputs[0].dataType)]
  }
}
