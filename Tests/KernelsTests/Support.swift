import Kernels

/// A reproducible source of numbers (SplitMix64).
struct Numbers {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in -scale ..< scale.
  mutating func float(_ scale: Float = 1) -> Float { (Float(next() >> 40) / Float(1 << 23) - 1) * scale }
  mutating func floats(_ count: Int, _ scale: Float = 1) -> [Float] { (0..<count).map { _ in float(scale) } }
}

/// Memory between two fences: a kernel that writes beside it is found out, and one that reads beside it meets NaN.
final class Fenced {
  static let fence = 64
  static let canary = Float(bitPattern: 0x7FC0_DEAD)
  private let memory: UnsafeMutableBufferPointer<Float>
  let count: Int

  init(_ values: [Float]) {
    count = values.count
    memory = .allocate(capacity: values.count + 2 * Fenced.fence)
    memory.initialize(repeating: Fenced.canary)
    for (i, value) in values.enumerated() { memory[Fenced.fence + i] = value }
  }

  /// Elements that a kernel must fill.
  convenience init(unwritten count: Int) { self.init([Float](repeating: Fenced.canary, count: count)) }

  deinit { memory.deallocate() }

  var base: UnsafeMutablePointer<Float> { memory.baseAddress! + Fenced.fence }
  var values: [Float] { (0..<count).map { base[$0] } }
  var bits: [UInt32] { values.map(\.bitPattern) }
  static func isCanary(_ x: Float) -> Bool { x.bitPattern == canary.bitPattern }

  var intact: Bool {
    memory.prefix(Fenced.fence).allSatisfy(Fenced.isCanary) && memory.suffix(Fenced.fence).allSatisfy(Fenced.isCanary)
  }
}

extension KernelSet {
  /// Counts around the edge of a vector.
  var edges: [Int] { [0, 1, lanes - 1, lanes, lanes + 1, 2 * lanes + 3] }
}

/// `a` differs from `b` by no more than the bounds.
func near(_ a: Float, _ b: Double, absolute: Double, relative: Double) -> Bool {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
  if Double(a) == b { return true }
  return abs(Double(a) - b) <= max(absolute, relative * abs(b))
}
