import Tensors

/// What an element of a value is made of: `scale * sample + shift`.
struct SampleForm: Hashable {
  /// The image's channel; nil for a mixture of several.
  var channel: Int?
  /// The image's element; nil for a mixture of several.
  var element: Int?
  var scale: Double, shift: Double

  /// True for the sample itself.
  var isRaw: Bool { abs(scale - 1) < 1e-6 && abs(shift) < 1e-6 }

  func scaled(by factor: Double) -> SampleForm? { factor == 0 ? nil : mapped(factor, 0) }

  func mapped(_ factor: Double, _ summand: Double) -> SampleForm {
    SampleForm(channel: channel, element: element, scale: scale * factor, shift: shift * factor + summand)
  }

  /// The sum; of different samples only where these are mixed with the same sign, since a difference of samples is no sample.
  func adding(_ other: SampleForm) -> SampleForm? {
    if let element, element == other.element {
      let sum = scale + other.scale
      return sum == 0
        ? nil : SampleForm(channel: channel, element: element, scale: sum, shift: shift + other.shift)
    }
    guard scale * other.scale > 0 else { return nil }
    return SampleForm(
      channel: channel == other.channel ? channel : nil, element: nil, scale: scale + other.scale,
      shift: shift + other.shift)
  }
}

/// A value that holds samples of the image, each scaled and shifted.
struct SampleTensor {
  var shape: Shape
  /// In row-major order; nil for an element that does not depend on the image, such as padding.
  var forms: [SampleForm?]
  var traces = SampleTraces()

  /// More elements than this are not followed.
  static let mostElements = 1 << 20

  /// An image as it enters, with its channels along an axis.
  init(image shape: Shape, channels axis: Int) {
    self.shape = shape
    let stride = shape.strides[axis], count = shape[axis]
    forms = (0..<shape.count).map { SampleForm(channel: $0 / stride % count, element: $0, scale: 1, shift: 0) }
  }

  init(_ shape: Shape, _ forms: [SampleForm?], _ traces: SampleTraces) {
    (self.shape, self.forms, self.traces) = (shape, forms, traces)
  }

  /// The type by which operators are asked what they make of it. Samples are taken for float32 whatever holds them.
  var type: TensorType { TensorType(.float32, shape) }

  var isRaw: Bool { forms.allSatisfy { $0?.isRaw ?? true } }
}

/// What happened to samples on their way besides being scaled and shifted.
struct SampleTraces: Hashable {
  /// Nodes that scaled or shifted them, or say in what range they are.
  var nodes: Set<Int> = []
  /// The least and the greatest sample that is told apart from others.
  var least: Double?, greatest: Double?
  /// Samples themselves were made whole numbers.
  var areWhole = false
  /// Scale and shift are, at least in part, the moving mean and deviation of a batch normalisation.
  var areStatistics = false

  func merged(_ other: SampleTraces) -> SampleTraces {
    SampleTraces(
      nodes: nodes.union(other.nodes), least: least ?? other.least, greatest: greatest ?? other.greatest,
      areWhole: areWhole || other.areWhole, areStatistics: areStatistics || other.areStatistics)
  }
}
