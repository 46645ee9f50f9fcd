import Tensors

/// Reproducible values from 0 to 1.
package func noise(_ count: Int) -> [Float] {
  var state: UInt64 = 0x9e37_79b9_7f4a_7c15
  return [Float](count: count) { values in
    for index in values.indices {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      values[index] = Float(state >> 40) / Float(1 << 24)
    }
  }
}
