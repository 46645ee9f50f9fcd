package import Graphs
package import Tensors

/// A new axis that is `on` at the index that the input names there and `off` everywhere else; all `off` for an index out of range.
package struct OneHot: Op {
  package static let name = "one_hot"

  package var depth: Int
  /// Place of the new axis in the result; counts from its end if negative.
  package var axis: Int
  package var on: Double, off: Double
  package var dataType: DataType
  /// Negative indices count from the end, as in ONNX, instead of being out of range.
  package var countsFromEnd: Bool

  package init(
    depth: Int, axis: Int = -1, on: Double = 1, off: Double = 0, dataType: DataType = .float32,
    countsFromEnd: Bool = false
  ) {
    (self.depth, self.axis, self.on, self.off) = (depth, axis, on, off)
    (self.dataType, self.countsFromEnd) = (dataType, countsFromEnd)
  }

  package var attributes: String {
    "\(depth) axis=\(axis) on=\(on) off=\(off)" + (countsFromEnd ? " countsFromEnd" : "")
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    guard inputs[0].dataType != .bool else { throw ShapeError("indices cannot be \(inputs[0])") }
    guard depth >= 0 else { throw ShapeError("the depth \(depth) is negative") }
    var dims = inputs[0].dims
    dims.insert(depth, at: try resolveAxis(axis, rank: dims.count + 1))
    return [try checkedType(dims, dataType)]
  }
}

extension OneHot {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    var dims = inputs[0].shape.dims
    let place = axis < 0 ? axis + dims.count + 1 : axis
    dims.insert(depth, at: place)
    let result = Shape(dims)
    let inner = dims[(place + 1)...].reduce(1, *)
    var values = [Double](repeating: off, count: result.count)
    for (index, wanted) in inputs[0].elements.wholes.enumerated() {
      let k = countsFromEnd && wanted < 0 ? wanted &+ Int64(depth) : wanted
      guard (0..<Int64(depth)).contains(k) else { continue }
      values[(index / inner * depth + Int(k)) * inner + index % inner] = on
    }
    return [Tensor(result, Tensor.Elements(values, as: dataType))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let single = (try? isOnePixel(outputTypes(inputs)[0])) == true && isOnePixel(inputs[0])
    return single ? pointwiseReach(count: 1) : globalReach(count: 1)
  }
}
