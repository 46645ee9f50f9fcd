package import Graphs
import Kernels
import Tensors

extension BatchNorm {
  package func compile(_ site: CompileSite) -> any Step {
    let parameters = site.constants.dropFirst().compactMap { $0?.floats.map(Double.init) }
    guard parameters.count == 4, site.floatRows(0) != nil, parameters[0].count == site.output.channels else {
      return evaluatingStep(self, site)
    }
    let channels = site.output.channels
    let scales = (0..<channels).map { parameters[0][$0] / (parameters[3][$0] + Double(epsilon)).squareRoot() }
    let scale = vector(scales.map { Float($0) }, count: channels)
    let shift = vector(
      (0..<channels).map { Float(parameters[1][$0] - parameters[2][$0] * scales[$0]) }, count: channels)
    let (kernels, activation) = (site.kernels, activation)
    return RowStep(
      "scale", [StepInput(0, rows: .identity)], segments: RowSegments(site.output, work: activation.work),
      inPlace: [0]
    ) { band, row, segment in
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      kernels.scalePixels(
        band.input(0, row: row, column: segment.lowerBound, channels: channels), sourceStride: channels,
        scale: scale.base, offset: shift.base, target, pixels: segment.count, channels: channels)
      activation.apply(target, count: segment.count * channels, kernels)
    }
  }
}
