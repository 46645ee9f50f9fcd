public import Tensors

/// A reproducible source of tensors (SplitMix64, Steele et al. 2014).
public struct RandomTensors {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// Uniform in -1 ..< 1.
  public mutating func float() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((z ^ (z >> 31)) >> 40) * 0x1p-23 - 1
  }

  /// Elements uniform in `centre - scale ..< centre + scale`.
  public mutating func tensor(_ shape: Shape, scale: Float = 1, centre: Float = 0) -> Tensor {
    Tensor(shape, (0..<shape.count).map { _ in centre + scale * float() })
  }

  /// Weights that keep activations of rectified layers alive (He et al. 2015): variance 2 / fan-in.
  public mutating func weights(_ shape: Shape, fanIn: Int) -> Tensor {
    tensor(shape, scale: (6 / Float(fanIn)).squareRoot())
  }
}

extension Tensor {
  /// The bit patterns of a float32 tensor.
  public var bits: [UInt32] { floats.map(\.bitPattern) }
}
