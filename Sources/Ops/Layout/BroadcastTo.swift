package import Graphs
package import Tensors

/// Repeats axes of size 1, and the whole in front, to a shape. A size of 1 keeps what the input has there, as in ONNX `Expand`.
package struct BroadcastTo: Op {
  package static let name = "broadcast_to"

  package var dims: [Int]

  package init(dims: [Int]) { self.dims = dims }

  package var attributes: String { "[" + dims.map(String.init).joined(separator: ",") + "]" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    _ = try checkedType(dims)
    return [try checkedType(try broadcastDims(inputs[0].dims, dims), inputs[0].dataType)]
  }
}

extension BroadcastTo {
  package var repeatsOneNumber: Bool { true }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let rank = max(dims.count, inputs[0].shape.rank)
    let own = [Int](repeating: 1, count: rank - inputs[0].shape.rank) + inputs[0].shape.dims
    let wanted = [Int](repeating: 1, count: rank - dims.count) + dims
    return [inputs[0].broadcast(to: Shape(zip(own, wanted).map { $0 == 1 ? $1 : $0 }))]
  }

  package func passesOn(_ inputs: [TensorType]) -> Bool {
    guard dims.count <= inputs[0].rank else { return false }
    return zip(dims, inputs[0].dims.suffix(dims.count)).allSatisfy { $0 == 1 || $0 == $1 }
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 1) }
    return broadcastReach(inputs, output)
  }
}
