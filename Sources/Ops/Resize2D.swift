public import Graphs
public import Tensors

/// Resampling with half-pixel centres: output pixel `i` of `o` lies at `(i + 0.5) * n / o - 0.5` of `n` input pixels.
///
/// `nearest` reads pixel `floor((i + 0.5) * n / o)`; `bilinear` mixes the two nearest along each axis, repeating the border.
/// Both equal Keras' `UpSampling2D` and `Resizing` without antialiasing.
public struct Resize2D: Op {
  public enum Method: String, Sendable, Hashable { case nearest, bilinear }
  public enum Target: Sendable, Hashable {
    /// Multiples of the input size.
    case scale(Pair)
    /// Rows and columns.
    case size(Pair)
  }

  public static let name = "resize2d"

  public var method: Method
  public var target: Target

  public init(method: Method, target: Target) { (self.method, self.target) = (method, target) }

  public var attributes: String {
    switch target {
    case .scale(let factors): "\(method.rawValue) scale=\(factors)"
    case .size(let size): "\(method.rawValue) size=\(size)"
    }
  }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let image = try inputs.image()
    guard image.dims[1] != 0, image.dims[2] != 0 else { throw ShapeError("the image has no pixels: \(image)") }
    switch target {
    case .scale(let factors):
      try factors.check("scale")
      let height = image.dims[1].map { $0 * factors.height }
      let width = image.dims[2].map { $0 * factors.width }
      return [try checkedType([image.dims[0], height, width, image.dims[3]])]
    case .size(let size):
      try size.check("size")
      return [try checkedType([image.dims[0], size.height, size.width, image.dims[3]])]
    }
  }
}
