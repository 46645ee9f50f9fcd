/// Reproducible numbers, evenly distributed from 0 to 1 (Knuth's linear congruential generator MMIX, its 24 highest bits).
package struct Noise: Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24)
  }
}
