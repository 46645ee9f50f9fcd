import Graphs
import Kernels
import Tensors

/// A pooling step: `pool` computes pixels that have the same taps inside the image.
func pooledStep(
  _ kernel: String, _ site: CompileSite, size: Pair, strides: Pair, _ padding: Padding,
  pool:
    @escaping @Sendable (
      _ taps: UnsafeBufferPointer<KernelSet.Run>, _ output: UnsafeMutablePointer<Float>, _ pixels: Int
    ) -> Void
) -> RowStep? {
  guard let image = site.floatImage(0) else { return nil }
  let channels = image.channels
  let (rows, columns) = padding.resolve(size: Pair(image.rows, image.width), kernel: size, stride: strides)
  let whole = columns.wholeOutputs
  return RowStep(
    kernel, [StepInput(0, rows: rows.reach)],
    segments: RowSegments(site.output, work: size.height * size.width),
    scratchBytes: size.height * size.width * MemoryLayout<KernelSet.Run>.stride
  ) { band, row, segment in
    let taps = band.scratch.bindMemory(to: KernelSet.Run.self, capacity: size.height * size.width)
    func run(_ outputs: Range<Int>) {
      guard let first = outputs.first else { return }
      var count = 0
      for i in rows.taps(row) {
        for j in columns.taps(first) {
          let pixel = band.input(0, row: rows.start(row) + i, column: columns.start(first) + j, channels: channels)
          (taps + count).initialize(to: .init(pixel0: pixel, pixelStride: strides.width * channels, length: channels))
          count += 1
        }
      }
      pool(
        UnsafeBufferPointer(start: taps, count: count), band.output(row: row, column: first, channels: channels),
        outputs.count)
    }
    let inner = segment.clamped(to: whole)
    if inner.isEmpty {
      for column in segment { run(column..<column + 1) }
    } else {
      for column in segment.lowerBound..<inner.lowerBound { run(column..<column + 1) }
      run(inner)
      for column in inner.upperBound..<segment.upperBound { run(column..<column + 1) }
    }
  }
}

extension SlidingWindow {
  /// The outputs whose taps are all inside the input.
  var wholeOutputs: Range<Int> {
    let first = min(before.dividedUp(by: stride), output)
    let last = floorDivide(input - extent + before, stride)
    return first..<max(first, min(last + 1, output))
  }
}
