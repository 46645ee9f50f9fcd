package import Graphs
package import Tensors

/// `exp(x - max)` over its sum, along one axis.
package struct Softmax: Op {
  package static let name = "softmax"

  /// Counts from the end if negative.
  package var axis: Int

  package init(axis: Int = -1) { self.axis = axis }

  package var attributes: String { "axis=\(axis)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    _ = try resolveAxis(axis, rank: inputs[0].rank)
    return [try inputs.float(0)]
  }
}

extension Softmax {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, shape) = (inputs[0].floats, inputs[0].shape)
    let (outer, count, inner) = shape.split(at: axis)
    var out = [Float](repeating: 0, count: x.count)
    for o in 0..<outer {
      for i in 0..<inner {
        let places = (0..<count).map { (o * count + $0) * inner + i }
        let highest = places.reduce(-Double.infinity) { max($0, Double(x[$1])) }
        let powers = places.map { Activation.exponential(Double(x[$0]) - highest) }
        let sum = powers.reduce(0, +)
        for (place, power) in zip(places, powers) { out[place] = Float(power / sum) }
      }
    }
    return [Tensor(shape, out)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let alongChannels = axis == -1 || axis == inputs[0].rank - 1
    return alongChannels || isOnePixel(inputs[0]) ? pointwiseReach(count: 1) : globalReach(count: 1)
  }
}
