package import Graphs
import Kernels
import Tensors

extension UpsampledTaps {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// For each output row the products of each kernel column are mixed and summed vertically at the low resolution, then mixed and
  /// summed horizontally for each output pixel.
  package func step(_ site: CompileSite) -> (any Step)? {
    let images = site.inputTypes.indices.compactMap { site.floatImage($0) }
    guard method == .linear, let products = images.first, images.count == site.inputTypes.count,
      let (rows, columns) = resize.imageAxes(Pair(products.rows, products.width)), let rowReach = rows.reach
    else { return nil }
    let segments = RowSegments(site.output, work: 4 * kernel.width)
    let mixer = TapMixer(
      kernels: site.kernels, rows: rows, columns: columns, kernel: kernel, before: before,
      channels: site.output.channels)
    let reach = widened(rowReach, before: before.height, taps: kernel.height)
    let inputs = [StepInput(0, rows: reach)] + images.indices.dropFirst().map { StepInput($0, rows: .identity) }
    let (kernels, channels, activation) = (site.kernels, site.output.channels, activation)
    let widest = (0..<segments.count).map { mixer.sources(of: segments[$0]).count }.max() ?? 0
    return RowStep(
      "bilinear taps", inputs, segments: segments, scratchBytes: mixer.scratchFloats(sources: widest) * 4
    ) { band, row, segment in
      guard !segment.isEmpty else { return }
      let scratch = band.scratch.assumingMemoryBound(to: Float.self)
      let target = band.output(row: row, column: segment.lowerBound, channels: channels)
      mixer.sum(band.inputs[0], row: row, segment: segment, scratch: scratch, into: target)
      let count = segment.count * channels
      if band.inputs.count > 1 {
        let addend = band.input(1, row: row, column: segment.lowerBound, channels: channels)
        kernels.apply(.add, target, addend, target, count: count)
      }
      activation.apply(target, count: count, kernels)
    }
  }
}

/// The sum over taps for a segment of one output row.
private struct TapMixer: Sendable {
  let kernels: KernelSet
  let rows: ResizeAxis, columns: ResizeAxis
  let kernel: Pair, before: Pair
  let channels: Int

  /// Products of one kernel row.
  private var rowProducts: Int { kernel.width * channels }

  /// A vertical sum of `sources` low-resolution pixels, and one pixel more.
  func scratchFloats(sources: Int) -> Int { (sources + 1) * rowProducts }

  /// The low-resolution columns that a segment reads.
  func sources(of segment: Range<Int>) -> Range<Int> {
    let fine = segment.lowerBound - before.width..<segment.upperBound + kernel.width - 1 - before.width
    let inside = fine.clamped(to: 0..<columns.output)
    return columns.linear(inside.lowerBound).lower..<columns.linear(inside.upperBound - 1).upper + 1
  }

  func sum(
    _ products: RowRing, row: Int, segment: Range<Int>, scratch: UnsafeMutablePointer<Float>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let sources = sources(of: segment)
    let more = scratch + sources.count * rowProducts
    sumRows(products, row: row, sources: sources, more: more, into: scratch)
    for column in segment {
      let output = target + (column - segment.lowerBound) * channels
      var isFirst = true
      for j in 0..<kernel.width where (0..<columns.output).contains(column + j - before.width) {
        let tap = columns.linear(column + j - before.width)
        let lower = scratch + (tap.lower - sources.lowerBound) * rowProducts + j * channels
        let upper = scratch + (tap.upper - sources.lowerBound) * rowProducts + j * channels
        kernels.blend(lower, upper, weight: tap.weight, isFirst ? output : more, count: channels)
        if !isFirst { kernels.apply(.add, output, more, output, count: channels) }
        isFirst = false
      }
    }
  }

  /// For each low-resolution pixel and kernel column, the sum over kernel rows.
  private func sumRows(
    _ products: RowRing, row: Int, sources: Range<Int>, more: UnsafeMutablePointer<Float>,
    into sums: UnsafeMutablePointer<Float>
  ) {
    var isFirst = true
    for i in 0..<kernel.height where (0..<rows.output).contains(row + i - before.height) {
      let tap = rows.linear(row + i - before.height)
      let (lower, upper) = (products.floats(tap.lower), products.floats(tap.upper))
      for source in sources {
        let place = (source * kernel.height + i) * rowProducts
        let sum = sums + (source - sources.lowerBound) * rowProducts
        kernels.blend(lower + place, upper + place, weight: tap.weight, isFirst ? sum : more, count: rowProducts)
        if !isFirst { kernels.apply(.add, sum, more, sum, count: rowProducts) }
      }
      isFirst = false
    }
  }
}
