package import Graphs
import Kernels
import Tensors

extension ClassMap {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0) else { return evaluatingStep(self, site) }
    let (kernels, channels, first) = (site.kernels, image.channels, first)
    let least = channels == 1 ? threshold : least
    var step = RowStep(
      "classes", [StepInput(0, rows: .identity)], segments: RowSegments(width: image.width, workPerPixel: 2 * channels)
    ) { band, row, segment in
      kernels.classify(
        band.input(0, row: row, column: segment.lowerBound, channels: channels), pixels: segment.count,
        channels: channels, least: least, first: first,
        band.output(row: row, column: segment.lowerBound, channels: 1))
    }
    step.meaning = .decision(.classNumbers(first: first, least: least))
    return step
  }
}
