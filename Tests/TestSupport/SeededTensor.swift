public import Tensors

/// A reproducible source of numbers (SplitMix64, Steele et al. 2014).
public struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  public init(_ seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in -scale ..< scale.
  public mutating func float(_ scale: Float = 1) -> Float { (Float(next() >> 40) * 0x1p-23 - 1) * scale }

  public mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// From 0 on; 0 for a bound of 1 or less.
  public mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }

  /// One of `choices`, which has at least one.
  public mutating func element<T>(_ choices: [T]) -> T { choices[pick(0...choices.count - 1)] }
}

/// A float32 tensor of evenly distributed elements.
public func seededTensor(_ shape: Shape, seed: UInt64 = 1, in range: ClosedRange<Float> = -1...1) -> Tensor {
  var numbers = SeededNumbers(seed)
  return Tensor(shape, (0..<shape.count).map { _ in Float.random(in: range, using: &numbers) })
}
