package import Graphs
package import Tensors

/// Takes each element from the second input where the first, of bools, is true, else from the third; with NumPy broadcasting.
package struct Where: Op {
  package static let name = "where"

  package init() {}

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 3...3)
    guard inputs[0].dataType == .bool else { throw ShapeError("the condition must be bool, gets \(inputs[0])") }
    return [try checkedType(try inputs.broadcastDims(), try inputs.commonDataType(1..<3))]
  }
}

extension Where {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let operands = inputs.broadcast()
    let shape = operands[0].shape
    let order = operands[0].elements.wholes.enumerated().map { $1 != 0 ? $0 : shape.count + $0 }
    return [Tensor(shape, operands[1].elements.appending(operands[2].elements).gathering(order))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 3) }
    return broadcastReach(inputs, output)
  }
}
