import Graphs
import Kernels
import Tensors

/// The head of a classifier: a convolution whose scores become probabilities, or class numbers, while they are in cache. Scores that are not
/// asked for are never stored.
struct HeadStep: ScoreMaker {
  /// Its blocks hold all channels of their pixels.
  let convolution: RunConvolution
  /// One after the other; class numbers come last.
  let decisions: [ScoreDecision]

  private var endsInClasses: Bool { if case .classNumbers = decisions.last { true } else { false } }

  var meaning: StepMeaning? { endsInClasses ? nil : .scores(self) }

  func deciding(_ decision: ScoreDecision) -> any Step {
    HeadStep(convolution: convolution, decisions: decisions + [decision])
  }

  var inputs: [StepInput] { convolution.inputs }
  var grain: Int { convolution.grain }
  var cost: StepCost { convolution.cost }
  var kernel: String {
    decisions.reduce(convolution.kernel) { $0 + ($1 == .softmax ? " + softmax" : " + classes") }
  }

  /// Pixels that a block has at most.
  private var pixelsOfBlock: Int { convolution.grid.segment * convolution.grid.height }
  private var runBytes: Int { convolution.scratchBytes.roundedUp(to: 64) }
  var memory: StepMemory {
    var memory = convolution.memory
    memory.scratch = runBytes + (endsInClasses ? pixelsOfBlock * convolution.channels * MemoryLayout<Float>.stride : 0)
    return memory
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
      for decision in decisions {
        switch decision {
        case .softmax:
          convolution.kernels.softmax(row, pixels: part.columns.count, channels: convolution.channels)
        case .classNumbers(let first, let least):
          convolution.kernels.classify(
            row, pixels: part.columns.count, channels: convolution.channels, least: least, first: first,
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
