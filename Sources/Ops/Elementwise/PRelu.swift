package import Graphs
import Kernels
package import Tensors

/// `x` if positive, else a slope times `x`, with a slope of its own for each element, channel or the whole.
///
/// Inputs: x, slope (of a shape that can be repeated to that of x).
package struct PRelu: Op {
  package static let name = "prelu"

  package init() {}

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...2)
    let x = try inputs.float(0)
    _ = try inputs.float(1, "slope")
    let joined = try Binary(.multiply).outputTypes(inputs)[0]
    guard joined.rank == x.rank, zip(joined.dims, x.dims).allSatisfy({ $0 == $1 || $1 == nil }) else {
      throw ShapeError("the slope \(inputs[1]) cannot be repeated to \(x)")
    }
    return [joined]
  }
}

extension PRelu {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let sloped = Binary(.multiply).evaluate(inputs)[0]
    return [Tensor(sloped.shape, zip(inputs[0].floats, sloped.floats).map { $0 < 0 ? $1 : $0 })]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { Binary(.multiply).reach(inputs) }
}

extension PRelu {
  package func compile(_ site: CompileSite) -> any Step {
    let (output, channels) = (site.output, site.output.channels)
    guard site.floatRows(0) != nil, let slope = site.constants[1],
      slope.shape.count == 1 || (slope.shape.count == channels && slope.shape.dims.last == channels)
    else { return broadcast(site) ?? evaluatingStep(self, site) }
    let slopes = vector(slope.floats, count: channels)
    return RowStep(
      "prelu", [StepInput(0, rows: .identity)], segments: RowSegments(output, work: 1)
    ) { band, row, segment in
      var source = band.input(0, row: row, column: segment.lowerBound, channels: channels)
      var target = band.output(row: row, column: segment.lowerBound, channels: channels)
      let slopes = slopes.base
      for _ in segment {
        for c in 0..<channels { target[c] = source[c] < 0 ? source[c] * slopes[c] : source[c] }
        source += channels
        target += channels
      }
    }
  }

  /// A slope of any shape: one for every element of the image, which is what Keras' layer learns if not told otherwise.
  private func broadcast(_ site: CompileSite) -> (any Step)? {
    guard site.outputTypes[0].dataType == .float32, site.inputTypes.allSatisfy({ $0.dataType == .float32 }),
      let rows = BroadcastRows(site, work: 1)
    else { return nil }
    let channels = rows.output.channels
    return rows.step("prelu broadcast") { band, row, segment in
      let x = rows.elements(0, as: Float.self, band, row, segment)
      let slopes = rows.elements(1, as: Float.self, band, row, segment)
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      for i in 0..<segment.count * channels { target[i] = x[i] < 0 ? x[i] * slopes[i] : x[i] }
    }
  }
}
