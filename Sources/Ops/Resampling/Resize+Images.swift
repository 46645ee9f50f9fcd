package import Graphs
package import Tensors

extension Resize {
  /// What becomes of the rows and columns of an NHWC image.
  package enum ImageTarget: Sendable, Hashable {
    /// Multiples of the input size.
    case scale(Pair)
    /// Rows and columns.
    case size(Pair)
  }

  /// Resizing of NHWC images as in Keras' `UpSampling2D` and `Resizing`.
  package init(
    method: ResizeRule.Method, target: ImageTarget, coordinates: ResizeRule.Coordinates = .halfPixel,
    antialias: Bool = false
  ) {
    let targets: [Target] =
      switch target {
      case .scale(let factors): [.scale(Float(factors.height)), .scale(Float(factors.width))]
      case .size(let size): [.size(size.height), .size(size.width)]
      }
    self.init(
      [Axis(1, targets[0]), Axis(2, targets[1])],
      rule: .image(method, coordinates: coordinates, antialias: antialias))
  }

  /// True where rows and columns alone change, of an NHWC image, and every pixel is made of those of the image.
  package var isOfImages: Bool { rule.coordinates != .crop && axes.allSatisfy { $0.axis == 1 || $0.axis == 2 } }

  /// True where each element is one of the input's.
  package var picks: Bool { rule.method == .nearest && rule.coordinates != .crop }

  /// True where no element is larger than all of the input's, or smaller.
  package var staysInRange: Bool { rule.method != .cubic && rule.coordinates != .crop }

  /// The factors by which rows and columns of an NHWC image become more, if they are whole.
  package var imageFactors: Pair? {
    guard isOfImages else { return nil }
    var factors = Pair(1)
    for axis in axes {
      guard case .scale(let scale) = axis.target, let factor = Int(exactly: scale) else { return nil }
      if axis.axis == 1 { factors.height = factor } else { factors.width = factor }
    }
    return factors
  }

  /// The factors, if each pixel of an NHWC image is repeated.
  package var repeats: Pair? { rule.repeatsByWholeFactors ? imageFactors : nil }

  /// The rows and columns of the resized NHWC image, if both are given as numbers.
  package var imageSize: Pair? {
    guard isOfImages, proportions == .stretch, axes.count == 2 else { return nil }
    let sizes = [1, 2].compactMap { place in
      axes.first { $0.axis == place }.flatMap { axis in
        if case .size(let size) = axis.target { size } else { nil }
      }
    }
    return sizes.count == 2 ? Pair(sizes[0], sizes[1]) : nil
  }

  /// How rows and columns of an NHWC image of this size are resized, if nothing else is.
  package func imageAxes(_ size: Pair) -> (rows: ResizeAxis, columns: ResizeAxis)? {
    guard isOfImages else { return nil }
    let shape: Shape = [1, size.height, size.width, 1]
    func axis(_ place: Int) -> ResizeAxis {
      axes.first { $0.axis == place }.map { along($0, shape) }
        ?? ResizeAxis(.image(.linear), input: shape[place], output: shape[place])
    }
    return (axis(1), axis(2))
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let size = Ops.imageSize(inputs[0]), let (rows, columns) = imageAxes(size), let rows = rows.reach,
      let columns = columns.reach
    else { return globalReach(count: 1) }
    return imageReach(count: 1, rows: rows, columns: columns)
  }
}
