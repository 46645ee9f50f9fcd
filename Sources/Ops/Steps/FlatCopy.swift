import Graphs
import Tensors

/// The same elements in the same order under another shape: bytes that are copied from rows of one length to rows of another.
struct FlatCopy: Step {
  /// Bytes that a block should copy at least.
  private static let enough = 64 << 10

  let inputs: [StepInput]
  private let source: RowLayout, output: RowLayout
  /// Bytes of a block, whole rows of an image.
  private let blockBytes: Int

  init(_ site: CompileSite) {
    (source, output) = (site.input(0), site.output)
    inputs = [StepInput(0, rows: source == output ? .identity : nil)]
    let rows = output.rows > 1 ? max(FlatCopy.enough / max(output.rowBytes, 1), 1) : 0
    blockBytes = rows > 0 ? rows * output.rowBytes : FlatCopy.enough
  }

  var kernel: String { "copy" }
  var cost: StepCost { StepCost(workPerRow: max(output.width * output.channels, 1)) }

  func blocks(rows: Int, round: Int) -> Int { (rows * output.rowBytes).dividedUp(by: max(blockBytes, 1)) }

  func run(block: Int, of band: borrowing Band) {
    var first = band.rows.lowerBound * output.rowBytes + block * blockBytes
    let end = min(first + blockBytes, band.rows.upperBound * output.rowBytes)
    while first < end {
      let (from, read) = first.quotientAndRemainder(dividingBy: source.rowBytes)
      let (to, written) = first.quotientAndRemainder(dividingBy: output.rowBytes)
      let count = min(source.rowBytes - read, output.rowBytes - written, end - first)
      (band.output.row(to) + written).copyMemory(from: band.inputs[0].row(from) + read, byteCount: count)
      first += count
    }
  }
}

/// The step of an operator that keeps the elements and their order.
func relabellingStep(_ op: any Op, _ site: CompileSite) -> any Step {
  site.constants[0] == nil ? FlatCopy(site) : evaluatingStep(op, site)
}
