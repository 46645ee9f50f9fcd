import Graphs
import Tensors

extension Resize2D {
  /// Mixes rows into scratch memory, then pixels of the mixture for each output pixel.
  func filteredStep(_ image: RowLayout, _ output: RowLayout, _ rows: ResizeAxis, _ columns: ResizeAxis) -> any Step {
    let channels = image.channels
    let segments = RowSegments(output, work: 8)
    let vertical = (0..<rows.output).map { FilterTaps(rows.mixture($0, method)) }
    let horizontal = (0..<columns.output).map { FilterTaps(columns.mixture($0, method)) }
    let sources = (0..<segments.count).map { sourceRange(horizontal[segments[$0]]) }
    return RowStep(
      method.rawValue, [StepInput(0, rows: rows.reach(method))], segments: segments,
      scratchBytes: (sources.map(\.count).max() ?? 0) * channels * MemoryLayout<Float>.stride
    ) { band, row, segment in
      let range = sources[segments.index(from: segment.lowerBound)]
      let mixed = band.scratch.assumingMemoryBound(to: Float.self)
      let count = range.count * channels
      mixed.initialize(repeating: 0, count: count)
      for tap in vertical[row].taps {
        let source = band.input(0, row: tap.source, column: range.lowerBound, channels: channels)
        for i in 0..<count { mixed[i] += tap.weight * source[i] }
      }
      var target = band.output(row: row, column: segment.lowerBound, channels: channels)
      for column in segment {
        target.update(repeating: 0, count: channels)
        for tap in horizontal[column].taps {
          let source = mixed + (tap.source - range.lowerBound) * channels
          for c in 0..<channels { target[c] += tap.weight * source[c] }
        }
        target += channels
      }
    }
  }
}

/// What an output row or column mixes.
private struct FilterTaps: Sendable {
  let taps: [(source: Int, weight: Float)]

  init(_ mixture: [(source: Int, weight: Double)]) { taps = mixture.map { ($0.source, Float($0.weight)) } }
}

/// The sources from the first to the last that are mixed.
private func sourceRange(_ outputs: ArraySlice<FilterTaps>) -> Range<Int> {
  let sources = outputs.flatMap { $0.taps.map(\.source) }
  guard let first = sources.min(), let last = sources.max() else { return 0..<0 }
  return first..<last + 1
}
