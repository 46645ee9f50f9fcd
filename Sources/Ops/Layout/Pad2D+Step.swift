package import Graphs
import Tensors

extension Pad2D {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0) else { return evaluatingStep(self, site) }
    let (channels, top, left, value) = (image.channels, top, left, value)
    return RowStep(
      "pad", [StepInput(0, rows: AxisReach(low: -top, high: -top))], segments: RowSegments(site.output, work: 1)
    ) { band, row, segment in
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      let source = row - top
      let inside = (0..<image.rows).contains(source) ? segment.clamped(to: left..<left + image.width) : 0..<0
      guard !inside.isEmpty else {
        return target.update(repeating: value, count: segment.count * channels)
      }
      let (before, after) = (inside.lowerBound - segment.lowerBound, segment.upperBound - inside.upperBound)
      target.update(repeating: value, count: before * channels)
      (target + before * channels).update(
        from: band.input(0, row: source, column: inside.lowerBound - left, channels: channels),
        count: inside.count * channels)
      (target + (before + inside.count) * channels).update(repeating: value, count: after * channels)
    }
  }
}
