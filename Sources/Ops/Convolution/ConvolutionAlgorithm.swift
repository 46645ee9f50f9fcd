/// What minimal filtering multiplies: everything else is float32.
public enum Precision: String, Sendable, Hashable, CaseIterable {
  /// Single precision (IEEE 754).
  case float32 = "fp32"
  /// Rounded to bfloat16 and summed in float32. Float32 where the processor has no instruction for it, and for odd numbers of input
  /// channels, which go in pairs.
  case bfloat16 = "bf16"
}

/// How a convolution is computed.
package enum ConvolutionAlgorithm: Sendable, Hashable {
  /// Each output pixel by itself, as a sum over its taps.
  case direct
  /// Winograd's minimal filtering: `tile` x `tile` output pixels at a time, in a grid that begins at the image's corner. For 3x3
  /// kernels without groups: of 4 or 2 for a convolution with stride 1, among the pixels that its dilation joins, of 8 for a transposed
  /// one with stride 2 and without dilation.
  case winograd(tile: Int, precision: Precision = .float32)

  /// Output pixels along an axis that are computed together.
  package var tile: Int {
    switch self {
    case .direct: 1
    case .winograd(let tile, _): tile
    }
  }

  /// What a dump shows of it.
  var suffix: String {
    switch self {
    case .direct: ""
    case .winograd(let tile, .float32): " winograd=\(tile)x\(tile)"
    case .winograd(let tile, let precision): " winograd=\(tile)x\(tile) \(precision.rawValue)"
    }
  }
}
