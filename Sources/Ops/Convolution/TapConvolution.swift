import Graphs
import Kernels
import Tensors

/// Depthwise convolution on rows: each channel is a sum over taps of the same channel.
struct TapConvolution: PixelMaker {
  let kernels: KernelSet
  private(set) var inputs: [StepInput]
  let epilogue: Activation.Epilogue
  let rows: SlidingWindow, columns: SlidingWindow
  private var parts: [Part]
  /// Pixels of an output row, and channels of all parts.
  let width: Int, channels: Int
  let grid: BlockGrid

  /// Channels that come from one input.
  private struct Part: Sendable {
    let channels: Int
    /// `[taps][channels]`, then the bias.
    let weights: AlignedBuffer
  }

  init(
    kernels: KernelSet, rows: SlidingWindow, columns: SlidingWindow, weights: [Float], bias: [Float]?, width: Int,
    channels: Int, activation: Activation
  ) {
    (self.kernels, self.rows, self.columns, self.width, self.channels) = (kernels, rows, columns, width, channels)
    epilogue = activation.epilogue
    inputs = [StepInput(0, rows: rows.reach, marginLeft: columns.marginLeft, marginRight: columns.marginRight)]
    let packed = AlignedBuffer(count: weights.count + channels)
    for (i, weight) in weights.enumerated() { packed.base[i] = weight }
    for (c, value) in (bias ?? []).enumerated() { packed.base[weights.count + c] = value }
    parts = [Part(channels: channels, weights: packed)]
    grid = BlockGrid(
      width: width, panels: 1, panelWork: TapConvolution.work(taps: rows.kernel * columns.kernel, channels: channels),
      panelBytes: 0, tile: 8)
  }

  /// Of a pixel, as `BlockGrid` counts it: a multiply-add takes as long as several of a matrix product.
  private static func work(taps: Int, channels: Int) -> Int { max(taps * channels, 1) * 4 }

  var kernel: String { "depthwise 8x\(kernels.lanes)" + (parts.count > 1 ? " of \(parts.count)" : "") }
  var cost: StepCost { StepCost(workPerRow: max(width * channels * rows.kernel * columns.kernel, 1)) }
  var workPerPixel: Int { TapConvolution.work(taps: rows.kernel * columns.kernel, channels: channels) }
  var memory: StepMemory {
    StepMemory(
      weights: parts.reduce(0) { $0 + $1.weights.byteCount },
      scratch: rows.kernel * columns.kernel * MemoryLayout<KernelSet.Run>.stride)
  }
  var meaning: StepMeaning? { .depthwise(self) }

  func blocks(rows: Int, round: Int) -> Int { grid.blocks(rows: rows) }

  /// Reads the images that `producer` would lay side by side.
  func fusedWithProducer(_ producer: any Step, at place: Int) -> (any Step)? {
    guard parts.count == 1, case .concatenation(let pieces) = producer.meaning else { return nil }
    var result = self
    result.inputs = producer.inputs.map { image in
      var input = inputs[0]
      input.index = image.index
      return input
    }
    var first = 0
    result.parts = pieces.map { count in
      defer { first += count }
      let lines = rows.kernel * columns.kernel + 1, weights = AlignedBuffer(count: lines * count)
      for line in 0..<lines {
        (weights.base + line * count).update(from: parts[0].weights.base + (line * channels + first), count: count)
      }
      return Part(channels: count, weights: weights)
    }
    return result
  }

  func run(block: Int, of band: borrowing Band) {
    let part = grid.part(block, rows: band.rows.count)
    let first = band.rows.lowerBound
    compute(
      rows: first + part.rows.lowerBound..<first + part.rows.upperBound, columns: part.columns, from: band.inputs,
      to: band.output, scratch: band.scratch)
  }

  func compute(
    rows outputRows: Range<Int>, columns outputColumns: Range<Int>, from inputs: UnsafeBufferPointer<RowRing>,
    to output: RowRing, scratch: UnsafeMutableRawPointer
  ) {
    let taps = scratch.assumingMemoryBound(to: KernelSet.Run.self)
    let count = rows.kernel * columns.kernel
    let (low, high) = epilogue.bounds
    // With a stride of 1, every `dilation`-th pixel reads what its neighbours of that distance read.
    let sets = columns.stride == 1 && columns.kernel > 1 ? columns.dilation : 1
    for y in outputRows {
      var first = 0
      for (index, part) in parts.enumerated() {
        for x in outputColumns.prefix(sets) {
          for a in 0..<rows.kernel {
            let row = inputs[index].floats(rows.start(y) + a * rows.dilation)
            for b in 0..<columns.kernel {
              taps[a * columns.kernel + b] = KernelSet.Run(
                pixel0: row + (columns.start(x) + b * columns.dilation) * part.channels,
                pixelStride: sets * columns.stride * part.channels, length: part.channels)
            }
          }
          kernels.depthwise(
            taps: UnsafeBufferPointer(start: taps, count: count), weights: part.weights.base,
            bias: part.weights.base + count * part.channels, output: output.floats(y) + (x * channels + first),
            outputPixelStride: sets * channels, pixels: (outputColumns.upperBound - x).dividedUp(by: sets),
            channels: part.channels, low: low, high: high)
        }
        first += part.channels
      }
      epilogue.finish(
        output.floats(y) + outputColumns.lowerBound * channels, count: outputColumns.count * channels, kernels)
    }
  }
}
