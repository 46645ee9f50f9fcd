public import Tensors

/// Where data enters a graph.
public struct Input: Op {
  public static let name = "input"
  public let type: TensorType
  public init(type: TensorType) { self.type = type }
  public func outputTypes(_ inputs: [TensorType]) -> [TensorType] { [type] }
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] { preconditionFailure("an input has no definition") }
  public func reach(_ inputs: [TensorType]) -> [Reach] { [] }
}

/// A tensor that is part of the model.
public struct Constant: Op {
  public static let name = "constant"
  public let tensor: Tensor
  public init(_ tensor: Tensor) { self.tensor = tensor }
  public func outputTypes(_ inputs: [TensorType]) -> [TensorType] { [tensor.type] }
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] { [tensor] }
  public func reach(_ inputs: [TensorType]) -> [Reach] { [] }

  /// Hashes the shape only: weights are large, and equality still compares them.
  public func hash(into hasher: inout Hasher) { hasher.combine(tensor.shape) }
}
