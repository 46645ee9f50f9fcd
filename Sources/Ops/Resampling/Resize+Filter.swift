import Graphs
import Kernels
import Tensors

extension Resize {
  /// Mixes rows into scratch memory, then pixels of the mixture for each output pixel.
  ///
  /// Each sum goes through its taps in order, whichever rows and columns are computed together.
  func filteredStep(
    _ input: StepInput, _ image: RowLayout, _ output: RowLayout, _ rows: ResizeAxis, _ columns: ResizeAxis,
    _ kernels: KernelSet
  ) -> any Step {
    let channels = image.channels
    let vertical = (0..<rows.output).map { FilterTaps(rows.taps($0)) }
    let horizontal = (0..<columns.output).map { FilterTaps(columns.taps($0)) }
    let (tall, wide) = (vertical.map(\.weights.count).max() ?? 0, horizontal.map(\.weights.count).max() ?? 0)
    let segments = RowSegments(output, work: tall + wide)
    let parts = (0..<segments.count).map { FilteredSegment(horizontal[segments[$0]]) }
    let rowBytes = (parts.map(\.sources.count).max() ?? 0) * channels * MemoryLayout<Float>.stride
    // The mixture, then where the rows are that it is made of.
    let pointers = rowBytes.roundedUp(to: 64)
    return RowStep(
      rule.method == .cubic ? "bicubic" : "antialias", [input], segments: segments,
      scratchBytes: pointers + tall * MemoryLayout<UnsafePointer<Float>>.stride
    ) { band, row, segment in
      let part = parts[segments.index(from: segment.lowerBound)], taps = vertical[row]
      func source(_ row: Int) -> UnsafePointer<Float> {
        band.input(0, row: row, column: part.sources.lowerBound, channels: channels)
      }
      var mixed = source(taps.first)
      if taps.weights.count > 1 {
        let sources = (band.scratch + pointers).bindMemory(to: UnsafePointer<Float>.self, capacity: tall)
        for k in taps.weights.indices { (sources + k).initialize(to: source(taps.first + k)) }
        let sum = band.scratch.assumingMemoryBound(to: Float.self)
        taps.weights.withUnsafeBufferPointer {
          kernels.filterRows(sources, weights: $0, sum, count: part.sources.count * channels)
        }
        mixed = UnsafePointer(sum)
      }
      part.filter(mixed, band.output(row: row, column: segment.lowerBound, channels: channels), channels, kernels)
    }
  }
}

/// What an output row or column mixes.
private struct FilterTaps: Sendable {
  let first: Int
  let weights: [Float]

  init(_ taps: ResizeAxis.Taps) { (first, weights) = (taps.first, taps.weights.map(Float.init)) }
}

/// What a segment of output columns reads: a range of source columns, and spans relative to its start.
private struct FilteredSegment: Sendable {
  let sources: Range<Int>
  private let spans: [KernelSet.PixelSpan]
  private let weights: [Float]

  init(_ columns: ArraySlice<FilterTaps>) {
    let first = columns.map(\.first).min() ?? 0
    sources = first..<max(columns.map { $0.first + $0.weights.count }.max() ?? first, first)
    spans = columns.map { .init(first: Int32($0.first - first), count: Int32($0.weights.count)) }
    weights = columns.flatMap(\.weights)
  }

  func filter(
    _ source: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ channels: Int, _ kernels: KernelSet
  ) {
    spans.withUnsafeBufferPointer { spans in
      weights.withUnsafeBufferPointer { weights in
        guard let weights = weights.baseAddress else { return }
        kernels.filterPixels(
          source, sourcePixels: sources.count, spans: spans, weights: weights, output, channels: channels)
      }
    }
  }
}
