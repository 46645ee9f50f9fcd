public import Graphs
public import Tensors

/// `Pad` with numbers that are the second input: those before each axis, then those after.
public struct DynamicPad: DeferredOp {
  public static let name = "dynamic_pad"

  public var mode: Pad.Mode

  public init(mode: Pad.Mode = .constant(0)) { self.mode = mode }

  public var attributes: String { mode.description }

  public var dataInputs: Int { 1 }
  public var valueNames: [String] { ["padding"] }

  public func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    let numbers = values[0].attributeValues
    guard numbers.count == 2 * data[0].rank else {
      throw ShapeError("needs \(2 * data[0].rank) numbers, gets \(numbers.count)")
    }
    return Pad.canonical(
      before: Array(numbers.prefix(data[0].rank)), after: Array(numbers.dropFirst(data[0].rank)), mode: mode,
      of: data[0])
  }

  public func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let rank = inputs[0].rank
    guard let numbers = inputs[1].elements, numbers.count == 2 * rank else {
      return [TensorType(inputs[0].dataType, [Int?](repeating: nil, count: rank))]
    }
    let dims = (0..<rank).map { axis in
      numbers[axis] == 0 && numbers[rank + axis] == 0 ? inputs[0].dims[axis] : nil
    }
    return [try checkedType(dims, inputs[0].dataType)]
  }
}
