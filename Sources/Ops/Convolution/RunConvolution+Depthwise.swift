import Graphs
import Kernels
import Tensors

extension RunConvolution {
  /// A pointwise convolution makes the pixels of a depthwise one block by block and reads them while they are in cache.
  ///
  /// Only where a block holds all channels of its pixels: none is made twice.
  func fusedWithProducer(_ producer: any Step, at place: Int) -> (any Step)? { behind(producer) }

  /// The same of its own kind.
  func behind(_ producer: any Step) -> RunConvolution? {
    guard depthwise == nil, case .depthwise(let source) = producer.meaning, sources.count == 1, inputStride == 1,
      outputStride == 1, grid.panelGroups == 1, phases.count == 1, phases[0].runs.count == 1,
      phases[0].runs[0] == [RunTemplate(source: 0, row: 0, column: 0, channel: 0, length: sources[0])]
    else { return nil }
    var result = self
    result.depthwise = source
    result.inputs = source.inputs
    result.workPerRow += source.cost.workPerRow
    result.kernel = "\(source.kernel), \(kernel)"
    let panels = weights.panels, panel = panels.map(\.width).max() ?? kernels.panel
    let work = phases[0].depth * panel + source.workPerPixel / panels.count
    result.grid = BlockGrid(
      width: width, panels: panels.count, panelWork: work,
      panelBytes: phases[0].depth * panel * MemoryLayout<Float>.stride,
      tile: kernels.tile(panel: panel))
    result.scratchBytes = runBytes + tapBytes(source) + ringBytes + result.pixelBytes
    return result
  }

  // Scratch memory holds the one run of the convolution, the taps of the depthwise one, the ring and its pixels.
  private var runBytes: Int { 64 }
  private func tapBytes(_ depthwise: any PixelMaker) -> Int { depthwise.memory.scratch.roundedUp(to: 64) }
  private var ringBytes: Int { 64 }

  /// Bytes of the pixels that a block reads.
  private var pixelBytes: Int { grid.segment * grid.height * sources[0] * MemoryLayout<Float>.stride }

  /// The thread's own memory stands for the image that is never stored.
  func runBehind(_ depthwise: any PixelMaker, _ part: BlockGrid.Part, of band: borrowing Band) {
    let first = band.rows.lowerBound
    let rows = first + part.rows.lowerBound..<first + part.rows.upperBound
    let pixel = sources[0] * MemoryLayout<Float>.stride
    let pixels = band.scratch + (scratchBytes - pixelBytes) - part.columns.lowerBound * pixel
    let image = RowRing(
      base: pixels, zeros: pixels, stride: part.columns.count * pixel, capacity: rows.count, height: band.output.height)
    depthwise.compute(
      rows: rows, columns: part.columns, from: band.inputs, to: image,
      scratch: band.scratch + runBytes)
    let inputs = (band.scratch + runBytes + tapBytes(depthwise)).bindMemory(to: RowRing.self, capacity: 1)
    inputs.initialize(to: image)
    run(
      part,
      of: Band(
        rows: band.rows, inputs: UnsafeBufferPointer(start: inputs, count: 1), output: band.output,
        scratch: band.scratch,
        shared: band.shared, round: band.round))
  }
}
