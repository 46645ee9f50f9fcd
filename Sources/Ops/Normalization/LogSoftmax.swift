package import Graphs
import Kernels
package import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The logarithm of the softmax along one axis: `x - max - log(sum of exp(x - max))`.
package struct LogSoftmax: Op {
  package static let name = "log_softmax"

  /// Counts from the end if negative.
  package var axis: Int

  package init(axis: Int = -1) { self.axis = axis }

  package var attributes: String { "axis=\(axis)" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try Softmax(axis: axis).outputTypes(inputs)
  }
}

extension LogSoftmax {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, shape) = (inputs[0].floats, inputs[0].shape)
    let (outer, count, inner) = shape.split(at: axis)
    var out = x
    for o in 0..<outer {
      for i in 0..<inner {
        let places = (0..<count).map { (o * count + $0) * inner + i }
        let highest = places.reduce(-Double.infinity) { max($0, Double(x[$1])) }
        let sum = places.reduce(0.0) { $0 + Activation.exponential(Double(x[$1]) - highest) }
        for place in places { out[place] = Float(Double(x[place]) - highest - log(sum)) }
      }
    }
    return [Tensor(shape, out)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { Softmax(axis: axis).reach(inputs) }
}

extension LogSoftmax {
  package func compile(_ site: CompileSite) -> any Step {
    let (output, channels) = (site.output, site.output.channels)
    guard site.floatRows(0) != nil, axis == -1 || axis == site.inputTypes[0].rank - 1,
      site.inputTypes[0].dims.last == channels, channels > 0
    else { return evaluatingStep(self, site) }
    let kernels = site.kernels
    return RowStep(
      "log softmax", [StepInput(0, rows: .identity)], segments: RowSegments(output, work: 16),
      scratchBytes: channels * MemoryLayout<Float>.stride
    ) { band, row, segment in
      var source = band.input(0, row: row, column: segment.lowerBound, channels: channels)
      var target = band.output(row: row, column: segment.lowerBound, channels: channels)
      let powers = band.scratch.assumingMemoryBound(to: Float.self)
      for _ in segment {
        var highest = source[0]
        for c in 1..<channels { highest = max(highest, source[c]) }
        for c in 0..<channels { powers[c] = source[c] - highest }
        kernels.activate(.exp, powers, count: channels)
        var sum: Float = 0
        for c in 0..<channels { sum += powers[c] }
        let logarithm = log(sum)
        for c in 0..<channels { target[c] = source[c] - highest - logarithm }
        source += channels
        target += channels
      }
    }
  }
}
