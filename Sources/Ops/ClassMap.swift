public import Graphs
public import Tensors

/// The class number of each pixel of an NHWC image of scores, as a float: the first largest channel. Of a single channel, 1 where the score
/// is above `threshold`, else 0. NaN where a score is not finite.
public struct ClassMap: Op {
  public static let name = "class_map"

  public var threshold: Float

  public init(threshold: Float = 0.5) { self.threshold = threshold }

  public var attributes: String { "threshold=\(threshold)" }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let image = try inputs.image()
    guard image.dims[3] != 0 else { throw ShapeError("the image has no channels: \(image)") }
    return [try checkedType([image.dims[0], image.dims[1], image.dims[2], 1])]
  }
}

extension ClassMap {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, shape) = (inputs[0].floats, inputs[0].shape)
    let channels = shape[3]
    let classes = (0..<shape[0] * shape[1] * shape[2]).map { pixel -> Float in
      let scores = x[pixel * channels..<(pixel + 1) * channels]
      guard scores.allSatisfy(\.isFinite), let most = scores.max() else { return .nan }
      if channels == 1 { return most > threshold ? 1 : 0 }
      return Float(scores.firstIndex(of: most)! - scores.startIndex)
    }
    return [Tensor([shape[0], shape[1], shape[2], 1], classes)]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}
