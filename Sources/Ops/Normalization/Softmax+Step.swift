package import Graphs
import Kernels
import Tensors

extension Softmax {
  package func compile(_ site: CompileSite) -> any Step {
    let output = site.output
    guard site.floatRows(0) != nil, axis == -1 || axis == site.inputTypes[0].rank - 1,
      site.inputTypes[0].dims.last == output.channels
    else { return evaluatingStep(self, site) }
    let (kernels, channels) = (site.kernels, output.channels)
    var step = RowStep(
      "softmax", [StepInput(0, rows: .identity)], segments: RowSegments(output, work: 16), inPlace: [0]
    ) { band, row, segment in
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      target.update(
        from: band.input(0, row: row, column: segment.lowerBound, channels: channels), count: segment.count * channels)
      kernels.softmax(target, pixels: segment.count, channels: channels)
    }
    step.meaning = .decision(.softmax)
    return step
  }
}
