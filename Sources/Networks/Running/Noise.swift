import Tensors

/// Reproducible values from 0 to 1.
package func noise(_ count: Int) -> [Float] {
  var noise = Noise(seed: 0x9e37_79b9_7f4a_7c15)
  return [Float](count: count) { values in
    for index in values.indices { values[index] = noise.next() }
  }
}
