public import Graphs
public import Tensors

/// Reorders axes: axis `k` of the result is axis `permutation[k]` of the input.
public struct Transpose: Op {
  public static let name = "transpose"

  public var permutation: [Int]

  public init(permutation: [Int]) { self.permutation = permutation }

  public var attributes: String { "[" + permutation.map(String.init).joined(separator: ",") + "]" }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let input = inputs[0]
    guard permutation.sorted() == Array(input.dims.indices) else {
      throw ShapeError("\(attributes) does not permute the axes of \(input)")
    }
    return [TensorType(input.dataType, permutation.map { input.dims[$0] })]
  }
}
