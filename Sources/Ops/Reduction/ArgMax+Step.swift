package import Graphs
import Kernels
import Tensors

extension ArgMax {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0), keepDims, !smallest, !last, axis == -1 || axis == 3,
      (1...256).contains(image.channels)
    else {
      return evaluatingStep(self, site)
    }
    let (kernels, channels) = (site.kernels, image.channels)
    let segments = RowSegments(width: image.width, workPerPixel: channels)
    return RowStep(
      "argmax", [StepInput(0, rows: .identity)], segments: segments, scratchBytes: segments.widest
    ) { band, row, segment in
      let classes = band.scratch.bindMemory(to: UInt8.self, capacity: segment.count)
      kernels.argmax(
        band.input(0, row: row, column: segment.lowerBound, channels: channels), pixels: segment.count,
        channels: channels, classes)
      let target = band.output.row(row).assumingMemoryBound(to: Int64.self) + segment.lowerBound
      for p in 0..<segment.count { target[p] = Int64(classes[p]) }
    }
  }
}
