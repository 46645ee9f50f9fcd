package import Graphs
import Tensors

extension SpaceToDepth {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0) else { return evaluatingStep(self, site) }
    let (block, order, output) = (block, order, site.output)
    let reach = AxisReach(num: block, high: block - 1)
    return RowStep("copy", [StepInput(0, rows: reach)], segments: RowSegments(output, work: 2)) { band, row, segment in
      let plane = block * block
      for y in 0..<block {
        var target = band.output(row: row, column: segment.lowerBound, channels: output.channels)
        var source = band.input(
          0, row: row * block + y, column: segment.lowerBound * block, channels: image.channels)
        for _ in segment {
          switch order {
          case .pixelsFirst:
            (target + y * block * image.channels).update(from: source, count: block * image.channels)
          case .channelsFirst:
            for x in 0..<block {
              for k in 0..<image.channels { target[k * plane + y * block + x] = source[x * image.channels + k] }
            }
          }
          source += block * image.channels
          target += output.channels
        }
      }
    }
  }
}
