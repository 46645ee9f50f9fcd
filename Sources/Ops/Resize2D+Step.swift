public import Graphs
import Kernels
import Tensors

extension Resize2D {
  public func compile(_ site: CompileSite) -> any Step {
    guard let image = site.floatImage(0) else { return evaluatingStep(self, site) }
    let (rows, columns) = resolve(size: Pair(image.rows, image.width))
    switch method {
    case .nearest: return nearestStep(image, site.output, rows, columns)
    case .bilinear: return bilinearStep(image, site.output, rows, columns)
    }
  }

  private func nearestStep(
    _ image: RowLayout, _ output: RowLayout, _ rows: ResizeAxis, _ columns: ResizeAxis
  ) -> any Step {
    let channels = image.channels
    let sources = (0..<columns.output).map { columns.nearest($0) * channels }
    return RowStep(
      "nearest", [StepInput(0, rows: rows.reach(.nearest))], segments: RowSegments(output, work: 1)
    ) { band, row, segment in
      let source = band.input(0, row: rows.nearest(row), column: 0, channels: channels)
      var target = band.output(row: row, column: segment.lowerBound, channels: channels)
      for column in segment {
        target.update(from: source + sources[column], count: channels)
        target += channels
      }
    }
  }

  /// Mixes two rows into scratch memory, then two pixels of the mixture for each output pixel.
  private func bilinearStep(
    _ image: RowLayout, _ output: RowLayout, _ rows: ResizeAxis, _ columns: ResizeAxis
  ) -> any Step {
    let (kernels, channels) = (KernelSet.current, image.channels)
    let taps = (0..<columns.output).map { columns.linear($0) }
    let segments = RowSegments(output, work: 4)
    let widest = (0..<segments.count).map { segments[$0] }.filter { !$0.isEmpty }
      .reduce(0) { max($0, taps[$1.upperBound - 1].upper - taps[$1.lowerBound].lower + 1) }
    return RowStep(
      "bilinear", [StepInput(0, rows: rows.reach(.bilinear))], segments: segments,
      scratchBytes: widest * channels * MemoryLayout<Float>.stride
    ) { band, row, segment in
      guard !segment.isEmpty else { return }
      let vertical = rows.linear(row)
      let first = taps[segment.lowerBound].lower
      let count = (taps[segment.upperBound - 1].upper - first + 1) * channels
      let mixed = band.scratch.bindMemory(to: Float.self, capacity: count)
      kernels.blend(
        band.input(0, row: vertical.lower, column: first, channels: channels),
        band.input(0, row: vertical.upper, column: first, channels: channels), weight: vertical.weight, mixed,
        count: count)
      var target = band.output(row: row, column: segment.lowerBound, channels: channels)
      for column in segment {
        let tap = taps[column]
        kernels.blend(
          mixed + (tap.lower - first) * channels, mixed + (tap.upper - first) * channels, weight: tap.weight, target,
          count: channels)
        target += channels
      }
    }
  }
}
