import Graphs
import Kernels
import Tensors

/// Convolution and transposed convolution on rows, direct: every output pixel is a sum over runs of contiguous input
/// floats.
///
/// The output is made of interleaved phases (one for a convolution, `stride` squared for its transpose), each with its
/// own taps: output `(q * outputStride.height + phase.row, p * outputStride.width + phase.column)` reads its runs at
/// input row `q * inputStride.height + run.row` and column `p * inputStride.width + run.column`.
struct RunConvolution: ScoreMaker {
  /// A stretch of `length` floats of a source, relative to the pixel that a phase's output pixel stands over.
  struct RunTemplate: Sendable, Hashable {
    var source: Int, row: Int, column: Int, channel: Int, length: Int
  }

  /// Output pixels with the same taps; `runs[group]` are those of one channel group.
  struct Phase: Sendable, Hashable {
    var row: Int, column: Int
    var runs: [[RunTemplate]]
    /// Floats that an output pixel reads.
    var depth: Int { runs.first.map { $0.reduce(0) { $0 + $1.length } } ?? 0 }
  }

  var inputs: [StepInput]
  var kernel: String
  let kernels: KernelSet
  let epilogue: Activation.Epilogue
  /// Channels of each source.
  let sources: [Int]
  let inputStride: Pair, outputStride: Pair
  let phases: [Phase]
  let weights: PackedWeights
  /// Width and channels of an output row.
  let width: Int, channels: Int
  var grid: BlockGrid
  var workPerRow: Int
  var scratchBytes: Int
  /// What makes the pixels that a block reads, if they are never stored.
  var depthwise: (any PixelMaker)?

  init(
    name: String, kernels: KernelSet, inputs: [StepInput], sources: [Int], inputStride: Pair, outputStride: Pair,
    phases: [Phase], weights: PackedWeights, width: Int, channels: Int, activation: Activation
  ) {
    (self.kernels, self.inputs, self.sources) = (kernels, inputs, sources)
    (self.inputStride, self.outputStride, self.phases) = (inputStride, outputStride, phases)
    (self.weights, self.width, self.channels) = (weights, width, channels)
    epilogue = activation.epilogue
    let panel = weights.panels.map(\.width).max() ?? kernels.panel
    let depth = phases.reduce(0) { $0 + $1.depth }
    let columns = width.dividedUp(by: outputStride.width)
    grid = BlockGrid(
      width: columns, panels: weights.panels.count, panelWork: depth * panel,
      panelBytes: depth * panel * MemoryLayout<Float>.stride, tile: kernels.tile(panel: panel))
    workPerRow = max(depth * channels * columns / outputStride.height, 1)
    let longest = phases.flatMap(\.runs).map(\.count).max() ?? 0
    scratchBytes = max(longest, 1) * MemoryLayout<KernelSet.Run>.stride
    kernel = "\(name) \(kernels.tile(panel: panel))x\(panel)"
  }

  var grain: Int { outputStride.height }
  var cost: StepCost { StepCost(workPerRow: workPerRow) }
  var memory: StepMemory {
    StepMemory(weights: weights.byteCount + (depthwise?.memory.weights ?? 0), scratch: scratchBytes)
  }
  var meaning: StepMeaning? { grid.panelGroups == 1 && outputStride == 1 ? .scores(self) : nil }

  func deciding(_ decision: ScoreDecision) -> any Step { HeadStep(convolution: self, decisions: [decision]) }

  func load() { weights.load() }

  /// Rows of the coarse grid whose points the phases share.
  private func coarse(_ rows: Int) -> Int { rows.dividedUp(by: outputStride.height) }

  func blocks(rows: Int, round: Int) -> Int { grid.blocks(rows: coarse(rows)) }

  func run(block: Int, of band: borrowing Band) {
    let part = grid.part(block, rows: coarse(band.rows.count))
    guard let depthwise else { return run(part, of: band) }
    runBehind(depthwise, part, of: band)
  }

  func run(_ part: BlockGrid.Part, of band: borrowing Band) {
    let first = band.rows.lowerBound / outputStride.height
    let runs = band.scratch.assumingMemoryBound(to: KernelSet.Run.self)
    for index in part.panels {
      let panel = weights.panels[index]
      for q in first + part.rows.lowerBound..<first + part.rows.upperBound {
        for phase in phases.indices {
          let y = q * outputStride.height + phases[phase].row
          let x = part.columns.lowerBound * outputStride.width + phases[phase].column
          guard y < band.rows.upperBound, x < width else { continue }
          let pixels = min(part.columns.count, (width - x).dividedUp(by: outputStride.width))
          let all = phases[phase].runs[panel.group]
          let inside = templatesInside(all, row: q * inputStride.height, of: band.inputs)
          let templates = all[inside]
          let skipped = all[..<inside.lowerBound].reduce(0) { $0 + $1.length }
          for (i, template) in templates.enumerated() {
            let pitch = sources[template.source]
            let row = band.inputs[template.source].floats(q * inputStride.height + template.row)
            let column = part.columns.lowerBound * inputStride.width + template.column
            runs[i] = KernelSet.Run(
              pixel0: row + (column * pitch + template.channel), pixelStride: inputStride.width * pitch,
              length: template.length)
          }
          let (low, high) = epilogue.bounds
          kernels.convolve(
            runs: UnsafeBufferPointer(start: runs, count: templates.count),
            weights: weights.panel(index, phase: phase) + skipped * panel.width, bias: weights.bias(index),
            output: band.output.floats(y) + (x * channels + panel.first),
            outputPixelStride: outputStride.width * channels, pixels: pixels, channels: panel.count,
            panel: panel.width, low: low, high: high)
        }
      }
    }
    if case .function = epilogue { activate(part, first, band) }
  }

  /// The runs without those at both ends that lie in rows above or below the image, which are zeros.
  private func templatesInside(
    _ templates: [RunTemplate], row: Int, of rings: UnsafeBufferPointer<RowRing>
  ) -> Range<Int> {
    func isOutside(_ template: RunTemplate) -> Bool {
      !(0..<rings[template.source].height).contains(row + template.row)
    }
    var range = templates.indices
    while let first = range.first, isOutside(templates[first]) { range.removeFirst() }
    while let last = range.last, isOutside(templates[last]) { range.removeLast() }
    return range
  }

  /// Applies the activation to the block while it is in cache.
  private func activate(
    _ part: BlockGrid.Part, _ first: Int, _ band: borrowing Band
  ) {
    let rows =
      (first + part.rows.lowerBound) * outputStride.height..<(first + part.rows.upperBound) * outputStride.height
    let columns =
      part.columns.lowerBound * outputStride.width..<min(part.columns.upperBound * outputStride.width, width)
    let low = weights.panels[part.panels.lowerBound].first
    let last = weights.panels[part.panels.upperBound - 1]
    let count = last.first + last.count - low
    for y in rows.clamped(to: band.rows) {
      let row = band.output.floats(y) + low
      if count == channels {
        epilogue.finish(row + columns.lowerBound * channels, count: columns.count * channels, kernels)
      } else {
        for x in columns { epilogue.finish(row + x * channels, count: count, kernels) }
      }
    }
  }
}
