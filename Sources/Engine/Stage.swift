package import Graphs
import Tensors

/// One value of the plan and what makes it: a compiled step, or an input that the caller fills.
package struct Stage: Sendable {
  package struct Source: Sendable {
    /// Index of the stage whose rows are read.
    package var stage: Int
    /// Rows read by an output row; `nil` when all rows must exist first.
    package var rows: AxisReach?
  }

  package var name: String
  /// `nil` for an input of the graph, and where another stage makes the rows.
  var step: (any Step)?
  /// The stage whose step makes this one's rows, from the rows of its own that `sources` names.
  var maker: Int?
  /// The stage whose rows this one's step makes as well.
  var companion: Int?
  /// False where nobody reads the rows themselves, only what the step makes of them.
  var isStored = true
  /// The stage whose ring holds the rows: itself, or one whose rows these overwrite.
  package var ring = 0
  package var sources: [Source]
  package var layout: RowLayout
  /// Zero pixels kept before and after each row, the most that any user asks for.
  var marginLeft = 0, marginRight = 0
  /// Stages that read this one; a graph output is read by the caller as well, at once.
  var users: [Int] = []
  package var grain: Int
  /// Rows made per visit: a multiple of `grain`, decided by shapes alone.
  package var visit: Int
  /// Multiply-adds for the whole value.
  var multiplyAdds: Int

  /// Bytes from a row to the next, margins included.
  var rowStride: Int {
    let bytes = (marginLeft + layout.width + marginRight) * layout.channels * layout.dataType.byteCount
    return bytes.roundedUp(to: 64)
  }

  /// Input rows of `source` that must exist before output rows `rows` can be made.
  func needs(_ source: Source, for rows: Range<Int>, height: Int) -> Int {
    guard let reach = source.rows else { return height }
    return reach.read(by: rows, of: height).upperBound
  }
}

/// How many rows a stage makes per visit: enough work for the threads to share evenly, and to be worth fetching its weights.
func rowsPerVisit(_ step: any Step, _ layout: RowLayout) -> Int {
  let enoughWork = 128_000_000
  let multiplyAddsPerWeightByte = 12
  // No more rows than stay in cache until the next stage reads them: of wide images, one. Rows that wait at the deeper stages of a
  // network are many at the finer ones that feed them.
  let cachedBytes = 3 << 19, mostRows = 24
  let cost = step.cost, work = max(cost.workPerRow, 1)
  let byWork = min(
    enoughWork.dividedUp(by: work), max(cachedBytes / max(layout.rowBytes, 1), 1), mostRows)
  let byWeights = step.memory.weights * multiplyAddsPerWeightByte / work
  return min(
    max(byWork, byWeights, 1).roundedUp(to: max(cost.evenRows, step.grain)),
    max(layout.rows, 1).roundedUp(to: step.grain))
}
