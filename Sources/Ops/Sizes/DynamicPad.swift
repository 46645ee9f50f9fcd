package import Graphs
package import Tensors

/// `Pad` with numbers that are the second input: those before each of some axes, then those after.
package struct DynamicPad: DeferredOp {
  package static let name = "dynamic_pad"

  package var mode: Pad.Mode
  /// All of the data's axes in the order of the numbers; `nil` for their own order.
  package var axes: [Int]?

  package init(mode: Pad.Mode = .constant(0), axes: [Int]? = nil) { (self.mode, self.axes) = (mode, axes) }

  package var attributes: String { mode.description + (axes.map { " axes=\($0)" } ?? "") }

  package var dataInputs: Int { 1 }
  package var valueNames: [String] { ["padding"] }

  package func settle(_ data: [TensorType], _ values: [Tensor]) throws(ShapeError) -> any Op {
    let numbers = values[0].attributeValues, rank = data[0].rank
    guard numbers.count == 2 * rank else { throw ShapeError("needs \(2 * rank) numbers, gets \(numbers.count)") }
    var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    for (place, axis) in try places(rank).enumerated() {
      (before[axis], after[axis]) = (numbers[place], numbers[rank + place])
    }
    return Pad.canonical(before: before, after: after, mode: mode, of: data[0])
  }

  private func places(_ rank: Int) throws(ShapeError) -> [Int] {
    guard let axes else { return Array(0..<rank) }
    guard axes.sorted() == Array(0..<rank) else { throw ShapeError("\(axes) is no order of \(rank) axes") }
    return axes
  }

  package func pendingTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    let rank = inputs[0].rank
    guard let numbers = inputs[1].elements, numbers.count == 2 * rank else {
      return [TensorType(inputs[0].dataType, [Int?](repeating: nil, count: rank))]
    }
    var dims = [Int?](repeating: nil, count: rank)
    for (place, axis) in try places(rank).enumerated() where numbers[place] == 0 && numbers[rank + place] == 0 {
      dims[axis] = inputs[0].dims[axis]
    }
    return [try checkedType(dims, inputs[0].dataType)]
  }
}
