package import Graphs
import Kernels
import Tensors

extension Activate {
  package func compile(_ site: CompileSite) -> any Step {
    guard site.floatRows(0) != nil else { return evaluatingStep(self, site) }
    let (kernels, channels, activation) = (site.kernels, site.output.channels, activation)
    return RowStep(
      "\(activation)", [StepInput(0, rows: .identity)], segments: RowSegments(site.output, work: activation.work),
      inPlace: [0]
    ) { band, row, segment in
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      let count = segment.count * channels
      target.update(from: band.input(0, row: row, column: segment.lowerBound, channels: channels), count: count)
      activation.apply(target, count: count, kernels)
    }
  }
}
