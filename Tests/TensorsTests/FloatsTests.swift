import Tensors
import Testing

@Test(arguments: [Float.nan, -.nan, .signalingNaN, .infinity, -.infinity])
func `one element that is not finite is found wherever it lies`(odd: Float) {
  for place in 0..<37 {
    var values = [Float](repeating: -Float.greatestFiniteMagnitude, count: 37)
    #expect(values.areFinite)
    values[place] = odd
    #expect(!values.areFinite)
  }
}

@Test func `zeros, denormals and nothing at all are finite`() {
  #expect([Float]().areFinite)
  #expect([-0.0, 0, Float.leastNonzeroMagnitude, -Float.greatestFiniteMagnitude].areFinite)
}

@Test(arguments: [0, 1, 1000, (5 << 20) + 3]) func `an array is what was filled in`(count: Int) {
  let values = [Float](count: count) { buffer in
    for index in buffer.indices { buffer[index] = Float(index % 1021) }
  }
  #expect(values.count == count)
  #expect(values.indices.allSatisfy { values[$0] == Float($0 % 1021) })
}
