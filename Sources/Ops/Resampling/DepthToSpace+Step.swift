package import Graphs
import Tensors

extension DepthToSpace {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0) else { return evaluatingStep(self, site) }
    let (block, order, output) = (block, order, site.output)
    return RowStep(
      "copy", [StepInput(0, rows: AxisReach(den: block))], segments: RowSegments(output, work: 2)
    ) { band, row, segment in
      var target = band.output(row: row, column: segment.lowerBound, channels: output.channels)
      let (y, plane) = (row % block, block * block)
      for column in segment {
        let pixel = band.input(0, row: row / block, column: column / block, channels: image.channels)
        let place = y * block + column % block
        switch order {
        case .pixelsFirst: target.update(from: pixel + place * output.channels, count: output.channels)
        case .channelsFirst: for k in 0..<output.channels { target[k] = pixel[k * plane + place] }
        }
        target += output.channels
      }
    }
  }
}
