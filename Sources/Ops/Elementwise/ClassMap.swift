package import Graphs
package import Tensors

/// The class number of each pixel of an NHWC image of scores, as a float: the first largest channel and `first`, or 0 where that score is
/// below `least`. Of a single channel, 1 where the score is above `threshold`, else 0. NaN where a score is not finite.
package struct ClassMap: Op {
  package static let name = "class_map"

  /// Of a single channel.
  package var threshold: Float
  /// Of several channels.
  package var least: Float
  /// The class of the first of several channels.
  package var first: Int

  package init(threshold: Float = 0.5, least: Float = -.infinity, first: Int = 0) {
    (self.threshold, self.least, self.first) = (threshold, least, first)
  }

  package var attributes: String {
    "threshold=\(threshold)" + (least == -.infinity && first == 0 ? "" : " least=\(least) first=\(first)")
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let image = try inputs.image()
    guard image.dims[3] != 0 else { throw ShapeError("the image has no channels: \(image)") }
    return [try checkedType([image.dims[0], image.dims[1], image.dims[2], 1])]
  }
}

extension ClassMap {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, shape) = (inputs[0].floats, inputs[0].shape)
    let channels = shape[3]
    let classes = (0..<shape[0] * shape[1] * shape[2]).map { pixel -> Float in
      let scores = x[pixel * channels..<(pixel + 1) * channels]
      guard scores.allSatisfy(\.isFinite), let most = scores.max() else { return .nan }
      if channels == 1 { return most > threshold ? 1 : 0 }
      return most < least ? 0 : Float(scores.firstIndex(of: most)! - scores.startIndex + first)
    }
    return [Tensor([shape[0], shape[1], shape[2], 1], classes)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}
