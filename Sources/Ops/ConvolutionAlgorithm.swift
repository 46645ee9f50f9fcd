/// How a convolution is computed.
public enum ConvolutionAlgorithm: Sendable, Hashable {
  /// Each output pixel by itself, as a sum over its taps.
  case direct
  /// Winograd's minimal filtering: `tile` x `tile` output pixels at a time, in a grid that begins at the image's corner. For 3x3
  /// kernels without dilation or groups: of 4 or 2 for a convolution with stride 1, of 8 for a transposed one with stride 2.
  case winograd(tile: Int)

  /// Output pixels along an axis that are computed together.
  public var tile: Int {
    switch self {
    case .direct: 1
    case .winograd(let tile): tile
    }
  }

  /// What a dump shows of it.
  var suffix: String {
    switch self {
    case .direct: ""
    case .winograd(let tile): " winograd=\(tile)x\(tile)"
    }
  }
}
