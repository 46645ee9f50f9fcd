package import Graphs
import Kernels
import Tensors

extension LayerNorm {
  /// Vector by vector: the pixels of an image, or all vectors of a value of another rank.
  package func compile(_ site: CompileSite) -> any Step {
    let output = site.output
    guard site.floatRows(0) != nil, let gamma = site.constants[1]?.floats, let beta = site.constants[2]?.floats,
      !gamma.isEmpty, output.channels % gamma.count == 0
    else { return evaluatingStep(self, site) }
    let (scale, shift) = (vector(gamma, count: gamma.count), vector(beta, count: gamma.count))
    let (kernels, channels, epsilon, centred) = (site.kernels, gamma.count, epsilon, kind == .standard)
    return RowStep(
      "layer norm", [StepInput(0, rows: .identity)], segments: RowSegments(output, work: 4)
    ) { band, row, segment in
      kernels.layerNorm(
        band.input(0, row: row, column: segment.lowerBound, channels: output.channels), scale: scale.base,
        shift: shift.base, epsilon: epsilon, centred: centred,
        band.output(row: row, column: segment.lowerBound, channels: output.channels),
        pixels: segment.count * output.channels / channels, channels: channels)
    }
  }
}
