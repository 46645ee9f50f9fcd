package import Graphs
import Kernels
import Tensors

extension Resize2D {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// Resampling row by row; `nil` where the image does not come as rows.
  package func step(_ site: CompileSite) -> (any Step)? {
    guard let image = site.floatImage(0) else { return nil }
    let (rows, columns) = resolve(size: Pair(image.rows, image.width))
    if method == .nearest { return nearestStep(image, site.output, rows, columns, site.kernels) }
    return rows.isFiltered(method) || columns.isFiltered(method)
      ? filteredStep(image, site.output, rows, columns) : bilinearStep(image, site.output, rows, columns, site.kernels)
  }

  private func nearestStep(
    _ image: RowLayout, _ output: RowLayout, _ rows: ResizeAxis, _ columns: ResizeAxis, _ kernels: KernelSet
  ) -> any Step {
    let channels = image.channels
    let taps = (0..<columns.output).map { column in
      let source = Int32(columns.nearest(column))
      return KernelSet.PixelTap(lower: source, upper: source, weight: 0)
    }
    var step = RowStep(
      "nearest", [StepInput(0, rows: rows.reach(.nearest))], segments: RowSegments(output, work: 1)
    ) { band, row, segment in
      taps.withUnsafeBufferPointer {
        kernels.pickPixels(
          band.input(0, row: rows.nearest(row), column: 0, channels: channels), sourcePixels: image.width,
          taps: UnsafeBufferPointer(rebasing: $0[segment]),
          band.output(row: row, column: segment.lowerBound, channels: channels), channels: channels)
      }
    }
    let factor = rows.output / rows.input
    if rows.output == factor * rows.input, columns.output == factor * columns.input {
      step.meaning = .upsampling(by: factor, width: columns.input)
    }
    return step
  }

  /// Mixes two rows into scratch memory, then two pixels of the mixture for each output pixel.
  private func bilinearStep(
    _ image: RowLayout, _ output: RowLayout, _ rows: ResizeAxis, _ columns: ResizeAxis, _ kernels: KernelSet
  ) -> any Step {
    let channels = image.channels
    let segments = RowSegments(output, work: 4)
    let parts = (0..<segments.count).map { BlendedSegment(columns, segments[$0]) }
    return RowStep(
      "bilinear", [StepInput(0, rows: rows.reach(.bilinear))], segments: segments,
      scratchBytes: (parts.map(\.sources.count).max() ?? 0) * channels * MemoryLayout<Float>.stride
    ) { band, row, segment in
      let part = parts[segments.index(from: segment.lowerBound)]
      let vertical = rows.linear(row)
      let mixed = band.scratch.assumingMemoryBound(to: Float.self)
      kernels.blend(
        band.input(0, row: vertical.lower, column: part.sources.lowerBound, channels: channels),
        band.input(0, row: vertical.upper, column: part.sources.lowerBound, channels: channels),
        weight: vertical.weight, mixed, count: part.sources.count * channels)
      part.taps.withUnsafeBufferPointer {
        kernels.blendPixels(
          mixed, sourcePixels: part.sources.count, taps: $0,
          band.output(row: row, column: segment.lowerBound, channels: channels), channels: channels)
      }
    }
  }
}

/// What a segment of output columns reads: a range of source columns, and taps relative to its start.
private struct BlendedSegment: Sendable {
  let sources: Range<Int>
  let taps: [KernelSet.PixelTap]

  init(_ columns: ResizeAxis, _ segment: Range<Int>) {
    let linear = segment.map { columns.linear($0) }
    let first = linear.first?.lower ?? 0
    sources = first..<max((linear.last?.upper ?? -1) + 1, first)
    taps = linear.map {
      KernelSet.PixelTap(lower: Int32($0.lower - first), upper: Int32($0.upper - first), weight: $0.weight)
    }
  }
}
