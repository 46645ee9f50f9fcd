package import Graphs
package import Tensors

/// Removes rows and columns at the borders of an NHWC image; at least one of each must remain.
package struct Crop2D: Op {
  package static let name = "crop2d"

  package var top: Int, bottom: Int, left: Int, right: Int

  package init(top: Int, bottom: Int, left: Int, right: Int) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  package var attributes: String { "\(top),\(bottom),\(left),\(right)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let image = try inputs.image()
    try Padding.explicit(top: top, bottom: bottom, left: left, right: right).check()
    let height = try remaining(image.dims[1], top + bottom, "rows")
    let width = try remaining(image.dims[2], left + right, "columns")
    return [try checkedType([image.dims[0], height, width, image.dims[3]])]
  }

  private func remaining(_ size: Int?, _ dropped: Int, _ what: String) throws(ShapeError) -> Int? {
    guard let size else { return nil }
    guard size > dropped else { throw ShapeError("cropping \(dropped) of \(size) \(what) leaves nothing") }
    return size - dropped
  }
}

extension Crop2D {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, shape) = (inputs[0].floats, inputs[0].shape)
    let result: Shape = [shape[0], shape[1] - top - bottom, shape[2] - left - right, shape[3]]
    var out: [Float] = []
    out.reserveCapacity(result.count)
    for n in 0..<result[0] {
      for y in 0..<result[1] {
        let start = ((n * shape[1] + y + top) * shape[2] + left) * shape[3]
        out.append(contentsOf: x[start..<start + result[2] * shape[3]])
      }
    }
    return [Tensor(result, out)]
  }

  package func passesOn(_ inputs: [TensorType]) -> Bool { [top, bottom, left, right] == [0, 0, 0, 0] }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard imageSize(inputs[0]) != nil else { return globalReach(count: 1) }
    return imageReach(count: 1, rows: AxisReach(low: top, high: top), columns: AxisReach(low: left, high: left))
  }
}
