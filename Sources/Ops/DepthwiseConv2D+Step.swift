public import Graphs
package import Kernels
import Tensors

extension DepthwiseConv2D {
  public func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// Vectors of channels over taps; with a multiplier, a convolution with as many groups as input channels.
  package func step(_ site: CompileSite, kernels: KernelSet = .current) -> (any Step)? {
    guard let weights = site.constants[1], let bias = site.constantBias(2), site.floatImage(0) != nil else {
      return nil
    }
    let shape = weights.shape, image = site.input(0)
    let (rows, columns) = padding.resolve(
      size: Pair(image.rows, image.width), kernel: Pair(shape[0], shape[1]), stride: strides, dilation: dilation)
    guard shape[3] == 1 else {
      return RunConvolution(
        kernels: kernels, site: site, sources: [image.channels], rows: rows, columns: columns, kernel: weights.floats,
        shape: [shape[0], shape[1], 1, shape[2] * shape[3]], groups: shape[2], bias: bias.values, strides: strides,
        activation: activation)
    }
    return TapConvolution(
      kernels: kernels, rows: rows, columns: columns, weights: weights.floats, bias: bias.values,
      width: site.output.width, channels: shape[2], activation: activation)
  }
}

/// Depthwise convolution on rows: each channel is a sum over taps of the same channel.
struct TapConvolution: Step {
  let kernels: KernelSet
  let inputs: [StepInput]
  let epilogue: Activation.Epilogue
  let rows: SlidingWindow, columns: SlidingWindow
  /// `[taps][channels]`, then the bias.
  let weights: AlignedBuffer
  let width: Int, channels: Int
  let grid: BlockGrid

  init(
    kernels: KernelSet, rows: SlidingWindow, columns: SlidingWindow, weights: [Float], bias: [Float]?, width: Int,
    channels: Int, activation: Activation
  ) {
    (self.kernels, self.rows, self.columns, self.width, self.channels) = (kernels, rows, columns, width, channels)
    epilogue = activation.epilogue
    inputs = [StepInput(0, rows: rows.reach, marginLeft: columns.marginLeft, marginRight: columns.marginRight)]
    self.weights = AlignedBuffer(count: weights.count + channels)
    for (i, weight) in weights.enumerated() { self.weights.base[i] = weight }
    for (c, value) in (bias ?? []).enumerated() { self.weights.base[weights.count + c] = value }
    grid = BlockGrid(
      width: width, panels: 1, panelWork: TapConvolution.work(taps: rows.kernel * columns.kernel, channels: channels),
      panelBytes: 0, tile: 8)
  }

  /// Of a pixel, as `BlockGrid` counts it: a multiply-add takes as long as several of a matrix product.
  private static func work(taps: Int, channels: Int) -> Int { max(taps * channels, 1) * 4 }

  var kernel: String { "depthwise 8x\(kernels.lanes)" }
  var workPerRow: Int { max(width * channels * rows.kernel * columns.kernel, 1) }
  var workPerPixel: Int { TapConvolution.work(taps: rows.kernel * columns.kernel, channels: channels) }
  var weightBytes: Int { weights.byteCount }
  var scratchBytes: Int { rows.kernel * columns.kernel * MemoryLayout<KernelSet.Run>.stride }

  func blocks(rows: Int, round: Int) -> Int { grid.blocks(rows: rows) }

  func run(block: Int, of band: borrowing Band) {
    let part = grid.part(block, rows: band.rows.count)
    let first = band.rows.lowerBound
    compute(
      rows: first + part.rows.lowerBound..<first + part.rows.upperBound, columns: part.columns, from: band.inputs[0],
      to: band.output, taps: band.scratch.assumingMemoryBound(to: KernelSet.Run.self))
  }

  /// Some pixels; `taps` has room for one of each.
  func compute(
    rows outputRows: Range<Int>, columns outputColumns: Range<Int>, from input: RowRing, to output: RowRing,
    taps: UnsafeMutablePointer<KernelSet.Run>
  ) {
    let count = rows.kernel * columns.kernel
    let (low, high) = epilogue.bounds
    // With a stride of 1, every `dilation`-th pixel reads what its neighbours of that distance read.
    let sets = columns.stride == 1 && columns.kernel > 1 ? columns.dilation : 1
    for y in outputRows {
      for x in outputColumns.prefix(sets) {
        for a in 0..<rows.kernel {
          let row = input.floats(rows.start(y) + a * rows.dilation)
          for b in 0..<columns.kernel {
            taps[a * columns.kernel + b] = KernelSet.Run(
              pixel0: row + (columns.start(x) + b * columns.dilation) * channels,
              pixelStride: sets * columns.stride * channels, length: channels)
          }
        }
        kernels.depthwise(
          taps: UnsafeBufferPointer(start: taps, count: count), weights: weights.base,
          bias: weights.base + count * channels, output: output.floats(y) + x * channels,
          outputPixelStride: sets * channels, pixels: (outputColumns.upperBound - x + sets - 1) / sets,
          channels: channels, low: low, high: high)
      }
      epilogue.finish(
        output.floats(y) + outputColumns.lowerBound * channels, count: outputColumns.count * channels, kernels)
    }
  }
}
