package import Graphs
package import Tensors

/// Which channels of an image make the pixels of a block, for a block of `b x b` pixels of `c` channels.
package enum BlockOrder: String, Sendable, Hashable {
  /// Channel `(y * b + x) * c + k`: ONNX's DCR, TensorFlow.
  case pixelsFirst
  /// Channel `k * b * b + y * b + x`: ONNX's CRD, PyTorch's pixel shuffle.
  case channelsFirst

  /// The deep channel of channel `k` at pixel `(y, x)` of a block.
  func channel(_ k: Int, y: Int, x: Int, block: Int, channels: Int) -> Int {
    switch self {
    case .pixelsFirst: (y * block + x) * channels + k
    case .channelsFirst: (k * block + y) * block + x
    }
  }
}

/// Spreads the channels of each pixel of an NHWC image over a block of pixels.
package struct DepthToSpace: Op {
  package static let name = "depth_to_space"

  package var block: Int
  package var order: BlockOrder

  package init(block: Int, order: BlockOrder = .pixelsFirst) { (self.block, self.order) = (block, order) }

  package var attributes: String { "\(block) \(order.rawValue)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    try checkBlock(block, inputs[0])
    let dims = inputs[0].dims
    if let channels = dims[3], channels % (block * block) != 0 {
      throw ShapeError("\(channels) channels do not fill blocks of \(block)x\(block)")
    }
    return [
      try checkedType(
        [dims[0], try product(dims[1], block), try product(dims[2], block), dims[3].map { $0 / (block * block) }],
        inputs[0].dataType)
    ]
  }
}

func checkBlock(_ block: Int, _ image: TensorType) throws(ShapeError) {
  guard (1...1 << 12).contains(block) else { throw ShapeError("blocks of \(block)x\(block) are out of range") }
  guard image.rank == 4 else { throw ShapeError("the image must have rank 4, gets \(image)") }
}

/// A dimension made larger, or an error where it is out of range.
func product(_ dim: Int?, _ factor: Int) throws(ShapeError) -> Int? {
  guard let dim else { return nil }
  let (result, overflow) = dim.multipliedReportingOverflow(by: factor)
  guard !overflow else { throw ShapeError("a dimension of \(dim) times \(factor) is out of range") }
  return result
}

extension DepthToSpace {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let shape = inputs[0].shape
    let result: Shape = [shape[0], shape[1] * block, shape[2] * block, shape[3] / (block * block)]
    var places: [Int] = []
    places.reserveCapacity(result.count)
    for n in 0..<result[0] {
      for y in 0..<result[1] {
        for x in 0..<result[2] {
          let pixel = ((n * shape[1] + y / block) * shape[2] + x / block) * shape[3]
          for k in 0..<result[3] {
            places.append(
              pixel + order.channel(k, y: y % block, x: x % block, block: block, channels: result[3]))
          }
        }
      }
    }
    return [Tensor(result, inputs[0].elements.gathering(places))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard imageSize(inputs[0]) != nil else { return globalReach(count: 1) }
    return imageReach(count: 1, rows: AxisReach(den: block), columns: AxisReach(den: block))
  }
}
