package import Graphs
import Tensors

extension Crop2D {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0) else { return evaluatingStep(self, site) }
    let (channels, top, left) = (image.channels, top, left)
    return RowStep(
      "copy", [StepInput(0, rows: AxisReach(low: top, high: top))], segments: RowSegments(site.output, work: 1)
    ) { band, row, segment in
      band.output(row: row, column: segment.lowerBound, channels: channels).update(
        from: band.input(0, row: row + top, column: segment.lowerBound + left, channels: channels),
        count: segment.count * channels)
    }
  }
}
