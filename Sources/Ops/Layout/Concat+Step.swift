package import Graphs
import Tensors

extension Concat {
  package func compile(_ site: CompileSite) -> any Step {
    let images = site.inputTypes.indices.compactMap { site.floatImage($0) }
    guard images.count == site.inputTypes.count, axis == -1 || axis == 3 else { return evaluatingStep(self, site) }
    let output = site.output
    var step = RowStep(
      "copy", images.indices.map { StepInput($0, rows: .identity) }, segments: RowSegments(output, work: 1)
    ) { band, row, segment in
      var start = band.output(row: row, column: segment.lowerBound, channels: output.channels)
      for (index, image) in images.enumerated() {
        var source = band.input(index, row: row, column: segment.lowerBound, channels: image.channels)
        var target = start
        for _ in segment {
          target.update(from: source, count: image.channels)
          source += image.channels
          target += output.channels
        }
        start += image.channels
      }
    }
    step.meaning = .concatenation(channels: images.map(\.channels))
    return step
  }
}
