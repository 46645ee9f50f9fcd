package import Graphs
package import Tensors

/// Puts the pixels of each block of an NHWC image one behind another into the channels of one pixel.
package struct SpaceToDepth: Op {
  package static let name = "space_to_depth"

  package var block: Int
  package var order: BlockOrder

  package init(block: Int, order: BlockOrder = .pixelsFirst) { (self.block, self.order) = (block, order) }

  package var attributes: String { "\(block) \(order.rawValue)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    try checkBlock(block, inputs[0])
    let dims = inputs[0].dims
    for case let size? in dims[1...2] where size % block != 0 {
      throw ShapeError("\(inputs[0]) does not consist of blocks of \(block)x\(block)")
    }
    return [
      try checkedType(
        [dims[0], dims[1].map { $0 / block }, dims[2].map { $0 / block }, try product(dims[3], block * block)],
        inputs[0].dataType)
    ]
  }
}

extension SpaceToDepth {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let shape = inputs[0].shape
    let result: Shape = [shape[0], shape[1] / block, shape[2] / block, shape[3] * block * block]
    var places = [Int](repeating: 0, count: result.count)
    for n in 0..<shape[0] {
      for y in 0..<shape[1] {
        for x in 0..<shape[2] {
          let pixel = ((n * result[1] + y / block) * result[2] + x / block) * result[3]
          for k in 0..<shape[3] {
            let place = pixel + order.channel(k, y: y % block, x: x % block, block: block, channels: shape[3])
            places[place] = ((n * shape[1] + y) * shape[2] + x) * shape[3] + k
          }
        }
      }
    }
    return [Tensor(result, inputs[0].elements.gathering(places))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard imageSize(inputs[0]) != nil else { return globalReach(count: 1) }
    let axis = AxisReach(num: block, high: block - 1)
    return imageReach(count: 1, rows: axis, columns: axis)
  }
}
