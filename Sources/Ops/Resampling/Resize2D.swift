package import Graphs
package import Tensors

/// Resampling. With half-pixel centres, output pixel `i` of `o` lies at `(i + 0.5) * n / o - 0.5` of `n` input pixels.
///
/// `nearest` reads pixel `floor((i + 0.5) * n / o)`; `bilinear` mixes the two nearest along each axis, repeating the border;
/// `bicubic` mixes four by Keys' cubic with a = -1/2, leaving out those beyond the border. With `antialias` an axis that shrinks
/// is mixed by the filter, as wide as an output pixel, in their place.
/// All equal Keras' `UpSampling2D` and `Resizing`.
package struct Resize2D: Op {
  package enum Method: String, Sendable, Hashable, CaseIterable { case nearest, bilinear, bicubic }
  /// Where the centres of output pixels lie; `asymmetric` is `i * n / o`, as TensorFlow 1 had it, and `alignCorners`
  /// `i * (n - 1) / (o - 1)`.
  package enum Coordinates: String, Sendable, Hashable { case halfPixel, asymmetric, alignCorners }
  package enum Target: Sendable, Hashable {
    /// Multiples of the input size.
    case scale(Pair)
    /// Rows and columns.
    case size(Pair)
  }

  package static let name = "resize2d"

  package var method: Method
  package var target: Target
  package var coordinates: Coordinates
  package var antialias: Bool

  package init(method: Method, target: Target, coordinates: Coordinates = .halfPixel, antialias: Bool = false) {
    (self.method, self.target, self.coordinates, self.antialias) = (method, target, coordinates, antialias)
  }

  package var attributes: String {
    let rule = (coordinates == .halfPixel ? "" : " \(coordinates.rawValue)") + (antialias ? " antialias" : "")
    return switch target {
    case .scale(let factors): "\(method.rawValue) scale=\(factors)" + rule
    case .size(let size): "\(method.rawValue) size=\(size)" + rule
    }
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
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
  package func resolve(size: Pair) -> (rows: ResizeAxis, columns: ResizeAxis) {
    let wanted =
      switch target {
      case .scale(let factors): Pair(size.height * factors.height, size.width * factors.width)
      case .size(let wanted): wanted
      }
    func axis(_ input: Int, _ output: Int) -> ResizeAxis {
      ResizeAxis(input: input, output: output, coordinates: coordinates, antialias: antialias)
    }
    return (axis(size.height, wanted.height), axis(size.width, wanted.width))
  }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
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
        let vertical = rows.mixture(y, method)
        for column in 0..<result[2] {
          let horizontal = columns.mixture(column, method)
          for c in 0..<result[3] {
            let sum = vertical.reduce(0) { sum, v in
              sum + v.weight * horizontal.reduce(0) { $0 + $1.weight * element(v.source, $1.source, c) }
            }
            out.append(Float(sum))
          }
        }
      }
    }
    return [Tensor(result, out)]
  }

  package func passesOn(_ inputs: [TensorType]) -> Bool {
    switch target {
    case .scale(let factors): factors == 1
    case .size(let size): inputs[0].dims[1] == size.height && inputs[0].dims[2] == size.width
    }
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let size = imageSize(inputs[0]) else { return globalReach(count: 1) }
    let (rows, columns) = resolve(size: size)
    return imageReach(count: 1, rows: rows.reach(method), columns: columns.reach(method))
  }
}
