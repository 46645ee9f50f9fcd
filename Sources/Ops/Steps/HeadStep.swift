import Graphs
import Kernels

/// The head of a classifier: a convolution whose scores become probabilities, or class numbers, while they are in cache. Scores that are not
/// asked for are never stored.
struct HeadStep: Step {
  /// What becomes of all scores of a pixel.
  enum Finish: Sendable, Hashable {
    case softmax
    case classes(ClassMap)
  }

  let convolution: RunConvolution
  private(set) var finishes: [Finish]

  /// A step that goes on where `source` ends: a convolution whose blocks hold all channels of their pixels, or a head.
  init?(_ source: any Step, finish: Finish) {
    if let head = source as? HeadStep {
      guard !head.endsInClasses else { return nil }
      (convolution, finishes) = (head.convolution, head.finishes + [finish])
    } else if let source = source as? RunConvolution, source.grid.panelGroups == 1, source.outputStride == 1 {
      (convolution, finishes) = (source, [finish])
    } else {
      return nil
    }
  }

  private var endsInClasses: Bool { if case .classes = finishes.last { true } else { false } }

  var inputs: [StepInput] { convolution.inputs }
  var grain: Int { convolution.grain }
  var workPerRow: Int { convolution.workPerRow }
  var weightBytes: Int { convolution.weightBytes }
  var kernel: String {
    finishes.reduce(convolution.kernel) { $0 + ($1 == .softmax ? " + softmax" : " + classes") }
  }

  private var pixelsOfBlock: Int { convolution.grid.segment * convolution.grid.height }
  private var runBytes: Int { (convolution.scratchBytes + 63) / 64 * 64 }
  var scratchBytes: Int {
    runBytes + (endsInClasses ? pixelsOfBlock * convolution.channels * MemoryLayout<Float>.stride : 0)
  }

  func load() { convolution.load() }

  func blocks(rows: Int, round: Int) -> Int { convolution.blocks(rows: rows, round: round) }

  func run(block: Int, of band: borrowing Band) {
    let part = convolution.grid.part(block, rows: band.rows.count)
    let rows = band.rows.lowerBound + part.rows.lowerBound..<band.rows.lowerBound + part.rows.upperBound
    let scores = endsInClasses ? scratchRing(part.columns, rows: rows.count, band) : band.output
    convolution.run(
      block: block,
      of: Band(
        rows: band.rows, inputs: band.inputs, output: scores, scratch: band.scratch, shared: band.shared,
        round: band.round))
    for y in rows {
      let row = scores.floats(y) + part.columns.lowerBound * convolution.channels
      for finish in finishes {
        switch finish {
        case .softmax:
          convolution.kernels.softmax(row, pixels: part.columns.count, channels: convolution.channels)
        case .classes(let map):
          map.classify(
            row, pixels: part.columns.count, channels: convolution.channels, convolution.kernels,
            band.output.floats(y) + part.columns.lowerBound)
        }
      }
    }
  }

  /// The thread's own memory as a ring that holds the columns of a block.
  private func scratchRing(_ columns: Range<Int>, rows: Int, _ band: borrowing Band) -> RowRing {
    let pixel = convolution.channels * MemoryLayout<Float>.stride
    let first = band.scratch + runBytes - columns.lowerBound * pixel
    return RowRing(
      base: first, zeros: first, stride: columns.count * pixel, capacity: rows, height: band.output.height)
  }
}
