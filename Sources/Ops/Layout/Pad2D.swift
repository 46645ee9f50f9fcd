package import Graphs
package import Tensors

/// Adds rows and columns of a constant around an NHWC image.
package struct Pad2D: Op {
  package static let name = "pad2d"

  package var top: Int, bottom: Int, left: Int, right: Int
  package var value: Float

  package init(top: Int, bottom: Int, left: Int, right: Int, value: Float = 0) {
    (self.top, self.bottom, self.left, self.right, self.value) = (top, bottom, left, right, value)
  }

  package var attributes: String { "\(top),\(bottom),\(left),\(right)" + (value == 0 ? "" : " value=\(value)") }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let image = try inputs.image()
    try Padding.explicit(top: top, bottom: bottom, left: left, right: right).check()
    return [
      try checkedType([
        image.dims[0], image.dims[1].map { $0 + top + bottom }, image.dims[2].map { $0 + left + right }, image.dims[3],
      ])
    ]
  }
}

extension Pad2D {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, shape) = (inputs[0].floats, inputs[0].shape)
    let result: Shape = [shape[0], shape[1] + top + bottom, shape[2] + left + right, shape[3]]
    var out: [Float] = []
    out.reserveCapacity(result.count)
    for n in 0..<result[0] {
      for y in 0..<result[1] {
        for column in 0..<result[2] {
          let (row, place) = (y - top, column - left)
          let inside = (0..<shape[1]).contains(row) && (0..<shape[2]).contains(place)
          for c in 0..<shape[3] {
            out.append(inside ? x[((n * shape[1] + row) * shape[2] + place) * shape[3] + c] : value)
          }
        }
      }
    }
    return [Tensor(result, out)]
  }

  package func passesOn(_ inputs: [TensorType]) -> Bool { [top, bottom, left, right] == [0, 0, 0, 0] }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard imageSize(inputs[0]) != nil else { return globalReach(count: 1) }
    return imageReach(
      count: 1, rows: AxisReach(low: -top, high: -top), columns: AxisReach(low: -left, high: -left))
  }
}
