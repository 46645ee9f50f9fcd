package import Tensors

/// Where data enters a graph.
package struct Input: Op {
  package static let name = "input"
  package let type: TensorType
  package init(type: TensorType) { self.type = type }
  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] { [type] }
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] { preconditionFailure("an input has no definition") }
  package func reach(_ inputs: [TensorType]) -> [Reach] { [] }
}

/// A tensor that is part of the model.
package struct Constant: Op {
  package static let name = "constant"
  package let tensor: Tensor
  package init(_ tensor: Tensor) { self.tensor = tensor }
  package func outputTypes(_ inputs: [TensorType]) -> [TensorType] { [tensor.type] }
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] { [tensor] }
  package func reach(_ inputs: [TensorType]) -> [Reach] { [] }

  /// Hashes the shape only: weights are large, and equality still compares them.
  package func hash(into hasher: inout Hasher) { hasher.combine(tensor.shape) }
}
