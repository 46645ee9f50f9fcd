public import Graphs
import Tensors

extension Transpose {
  /// Row by row where one image becomes another.
  public func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0), imageSize(site.outputTypes[0]) != nil, permutation[0] == 0 else {
      return evaluatingStep(self, site)
    }
    let (output, permutation) = (site.output, permutation)
    // From an element to the next along each axis of the input; along axis 1 it is a row.
    let strides = [0, 0, image.channels, 1]
    let (alongRows, alongColumns, alongChannels) = (
      strides[permutation[1]], strides[permutation[2]], strides[permutation[3]]
    )
    return RowStep(
      "transpose", [StepInput(0, rows: nil)], segments: RowSegments(output, work: 1)
    ) { band, row, segment in
      let target = band.output(row: row, column: 0, channels: output.channels)
      func source(row: Int, offset: Int) -> UnsafePointer<Float> {
        UnsafePointer(band.inputs[0].floats(row)) + offset
      }
      if permutation[3] == 1 {
        for c in 0..<output.channels {
          let from = source(row: c, offset: row * alongRows)
          for x in segment { target[x * output.channels + c] = from[x * alongColumns] }
        }
        return
      }
      for x in segment {
        let from =
          permutation[1] == 1
          ? source(row: row, offset: x * alongColumns) : source(row: x, offset: row * alongRows)
        for c in 0..<output.channels { target[x * output.channels + c] = from[c * alongChannels] }
      }
    }
  }
}
