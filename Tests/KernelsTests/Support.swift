import Kernels
import TestSupport

/// Reproducible rows of floats.
struct Numbers {
  private var numbers: SeededNumbers
  init(_ seed: UInt64) { numbers = SeededNumbers(seed) }

  mutating func floats(_ count: Int, _ scale: Float = 1) -> [Float] { (0..<count).map { _ in numbers.float(scale) } }
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
