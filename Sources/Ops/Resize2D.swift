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

extension Resize2D {
  /// The rule along each axis for an image of this size.
  public func resolve(size: Pair) -> (rows: ResizeAxis, columns: ResizeAxis) {
    let wanted =
      switch target {
      case .scale(let factors): Pair(size.height * factors.height, size.width * factors.width)
      case .size(let wanted): wanted
      }
    return (
      ResizeAxis(input: size.height, output: wanted.height), ResizeAxis(input: size.width, output: wanted.width)
    )
  }

  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, shape) = (inputs[0].floats, inputs[0].shape)
    let (rows, columns) = resolve(size: Pair(shape[1], shape[2]))
    let result: Shape = [shape[0], rows.output, columns.output, shape[3]]
    var out: [Float] = []
    out.reserveCapacity(result.count)
    for n in 0..<result[0] {
      func element(_ y: Int, _ column: Int, _ c: Int) -> Double {
        Double(x[((n * shape[1] + y) * shape[2] + column) * shape[3] + c])
      }
      for y in 0..<result[1] {
        for column in 0..<result[2] {
          for c in 0..<result[3] {
            switch method {
            case .nearest: out.append(Float(element(rows.nearest(y), columns.nearest(column), c)))
            case .bilinear:
              let (v, h) = (rows.linear(y), columns.linear(column))
              func mix(_ row: Int) -> Double {
                let first = element(row, h.lower, c)
                return first + (element(row, h.upper, c) - first) * Double(h.weight)
              }
              let first = mix(v.lower)
              out.append(Float(first + (mix(v.upper) - first) * Double(v.weight)))
            }
          }
        }
      }
    }
    return [Tensor(result, out)]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let size = imageSize(inputs[0]) else { return globalReach(count: 1) }
    let (rows, columns) = resolve(size: size)
    return imageReach(count: 1, rows: rows.reach(method), columns: columns.reach(method))
  }
}
