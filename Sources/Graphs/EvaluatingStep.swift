package import Tensors

/// The fallback step: wraps an operator's plain definition. Row by row where every input is read pointwise, else on whole tensors.
struct EvaluatingStep: Step {
  let op: any Op
  let inputs: [StepInput]
  let constants: [Tensor?]
  let layouts: [RowLayout?]
  let shapes: [Shape]
  let output: RowLayout
  let rowwise: Bool

  init(_ op: any Op, _ site: CompileSite) {
    precondition(site.outputTypes.count == 1, "\(type(of: op).name) has several results and no step of its own")
    self.op = op
    constants = site.constants
    output = site.output
    let reach = op.reach(site.inputTypes)
    let variable = site.inputTypes.indices.filter { site.constants[$0] == nil }
    rowwise =
      output.rows > 1 && !variable.isEmpty
      && variable.allSatisfy { reach[$0] == .pointwise && site.input($0).rows == site.output.rows }
      && site.constants.allSatisfy { constant in constant.map { isRepeatedAlongRows($0.shape) } ?? true }
    let byRow = rowwise
    inputs = variable.map { StepInput($0, rows: byRow ? .identity : nil) }
    layouts = site.inputTypes.indices.map { site.constants[$0] == nil ? site.input($0) : nil }
    shapes = site.inputTypes.map { $0.shape! }
  }

  var kernel: String { rowwise ? "definition, by row" : "definition" }
  var grain: Int { rowwise ? 1 : max(output.rows, 1) }
  var cost: StepCost { StepCost(workPerRow: output.width * output.channels * 8) }

  func blocks(rows: Int, round: Int) -> Int { rowwise ? rows : 1 }

  func run(block: Int, of band: borrowing Band) {
    let rows = rowwise ? band.rows.lowerBound + block..<band.rows.lowerBound + block + 1 : band.rows
    var tensors = constants.map { $0 ?? Tensor([0], []) }
    for (slot, input) in inputs.enumerated() {
      let layout = layouts[input.index]!
      var shape = shapes[input.index]
      if rowwise { shape.dims[1] = 1 }
      let wanted = rowwise ? rows : 0..<layout.rows
      tensors[input.index] = readRows(band.inputs[slot], wanted, layout, shape)
    }
    writeRows(op.evaluate(tensors)[0], band.output, rows, output)
  }
}

/// The step that wraps the plain definition, for operators whose fast path does not cover a site.
package func evaluatingStep(_ op: any Op, _ site: CompileSite) -> any Step { EvaluatingStep(op, site) }

/// True for weights and for constants that are the same for every row of an image.
private func isRepeatedAlongRows(_ shape: Shape) -> Bool { shape.rank < 3 || shape[shape.rank - 3] == 1 }

/// Copies rows out of a ring into a tensor of the given shape.
package func readRows(_ ring: RowRing, _ rows: Range<Int>, _ layout: RowLayout, _ shape: Shape) -> Tensor {
  Tensor(shape, layout.dataType) { bytes in
    guard let base = bytes.baseAddress else { return }
    for (i, y) in rows.enumerated() {
      (base + i * layout.rowBytes).copyMemory(from: ring.row(y), byteCount: layout.rowBytes)
    }
  }
}

/// Copies a tensor's elements into rows of a ring.
package func writeRows(_ tensor: Tensor, _ ring: RowRing, _ rows: Range<Int>, _ layout: RowLayout) {
  tensor.withUnsafeBytes { source in
    guard let base = source.baseAddress else { return }
    for (i, y) in rows.enumerated() {
      ring.row(y).copyMemory(from: base + i * layout.rowBytes, byteCount: layout.rowBytes)
    }
  }
}
