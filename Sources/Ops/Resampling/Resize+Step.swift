package import Graphs
import Kernels
import Tensors

extension Resize {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// Resizing row by row; `nil` where the image does not come as rows, or other axes than these change.
  package func step(_ site: CompileSite) -> (any Step)? {
    guard let image = site.floatImage(0), let (rows, columns) = imageAxes(Pair(image.rows, image.width)),
      let reach = rows.reach
    else { return nil }
    let input = StepInput(0, rows: reach)
    if rule.method == .nearest { return nearestStep(input, image, site.output, rows, columns, site.kernels) }
    return rows.isFiltered || columns.isFiltered
      ? filteredStep(input, image, site.output, rows, columns, site.kernels)
      : bilinearStep(input, image, site.output, rows, columns, site.kernels)
  }

  private func nearestStep(
    _ input: StepInput, _ image: RowLayout, _ output: RowLayout, _ rows: ResizeAxis, _ columns: ResizeAxis,
    _ kernels: KernelSet
  ) -> any Step {
    let channels = image.channels
    let sources = (0..<rows.output).map { rows.nearest($0) }
    let taps = (0..<columns.output).map { column in
      let source = Int32(columns.nearest(column))
      return KernelSet.PixelTap(lower: source, upper: source, weight: 0)
    }
    var step = RowStep("nearest", [input], segments: RowSegments(output, work: 1)) { band, row, segment in
      taps.withUnsafeBufferPointer {
        kernels.pickPixels(
          band.input(0, row: sources[row], column: 0, channels: channels), sourcePixels: image.width,
          taps: UnsafeBufferPointer(rebasing: $0[segment]),
          band.output(row: row, column: segment.lowerBound, channels: channels), channels: channels)
      }
    }
    if let factor = rows.repeats, columns.repeats == factor {
      step.meaning = .upsampling(by: factor, width: columns.input)
    }
    return step
  }

  /// Mixes two rows into scratch memory, then two pixels of the mixture for each output pixel.
  private func bilinearStep(
    _ input: StepInput, _ image: RowLayout, _ output: RowLayout, _ rows: ResizeAxis, _ columns: ResizeAxis,
    _ kernels: KernelSet
  ) -> any Step {
    let channels = image.channels
    let segments = RowSegments(output, work: 4)
    let parts = (0..<segments.count).map { BlendedSegment(columns, segments[$0]) }
    return RowStep(
      "bilinear", [input], segments: segments,
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

extension ResizeAxis {
  /// The factor, if each input is repeated so many times.
  fileprivate var repeats: Int? {
    guard input > 0, output % input == 0 else { return nil }
    let factor = output / input
    return (0..<output).allSatisfy { nearest($0) == $0 / factor } ? factor : nil
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
