public import Tensors

/// A reproducible source of tensors.
public struct RandomTensors {
  private var numbers: SeededNumbers

  public init(seed: UInt64) { numbers = SeededNumbers(seed) }

  /// Uniform in -1 ..< 1.
  public mutating func float() -> Float { numbers.float() }

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
