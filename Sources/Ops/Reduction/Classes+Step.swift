package import Graphs
import Kernels
import Tensors

extension Softmax {
  package func compile(_ site: CompileSite) -> any Step {
    let output = site.output
    guard site.floatRows(0) != nil, axis == -1 || axis == site.inputTypes[0].rank - 1,
      site.inputTypes[0].dims.last == output.channels
    else { return evaluatingStep(self, site) }
    let (kernels, channels) = (KernelSet.current, output.channels)
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

extension ClassMap {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0) else { return evaluatingStep(self, site) }
    let (kernels, channels, first) = (KernelSet.current, image.channels, first)
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

extension ArgMax {
  package func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0), keepDims, !smallest, !last, axis == -1 || axis == 3,
      (1...256).contains(image.channels)
    else {
      return evaluatingStep(self, site)
    }
    let (kernels, channels) = (KernelSet.current, image.channels)
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
