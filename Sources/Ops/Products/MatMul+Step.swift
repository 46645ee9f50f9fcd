package import Graphs
import Kernels
import Tensors

extension MatMul {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// By a weight it is a dense layer; else the right matrices are packed as weights are, each time anew.
  package func step(_ site: CompileSite) -> (any Step)? {
    guard site.outputTypes[0].dataType == .float32 else { return nil }
    if site.inputTypes[1].rank == 2, site.inputTypes[0].rank > 1, let dense = Dense().step(site) {
      return dense
    }
    return MatMulStep(site)
  }
}

/// Products of a batch of matrices. A value of rank 4 that is kept by rows holds one matrix in each.
private struct MatMulStep: Step {
  /// Multiply-adds that a block should hold at least.
  private static let blockWork = 1 << 19

  let kernels: KernelSet
  let inputs: [StepInput]
  private let left: Operand, right: Operand
  private let rows: Int, depth: Int, columns: Int
  private let batches: Int
  /// The result's matrices lie in rows of their own.
  private let isByRows: Bool
  private let panels: [PackedWeights.Panel]
  /// Where each panel of a packed matrix starts, and the floats of all.
  private let starts: [Int], packedCount: Int
  private let noBias: AlignedBuffer
  /// Rows of the left matrix that a block takes.
  private let chunk: Int

  init?(_ site: CompileSite) {
    guard let x = site.inputTypes[0].shape, let y = site.inputTypes[1].shape else { return nil }
    let (a, b) = MatMul.matrices(x.dims, y.dims, 1)
    (rows, depth, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    let indices = MatMul.batches(a, b)
    batches = indices.left.count
    guard rows > 0, depth > 0, columns > 0, batches > 0 else { return nil }
    kernels = site.kernels
    isByRows = imageSize(site.outputTypes[0]) != nil
    left = Operand(site, 0, indices.left, rows * depth)
    right = Operand(site, 1, indices.right, depth * columns)
    var inputs: [StepInput] = []
    for operand in [left, right] {
      if let reach = operand.reach(isByRows: isByRows) { inputs.append(reach) }
    }
    self.inputs = inputs
    panels = PackedWeights.panels(channels: columns, groups: 1, widths: kernels.panels)
    var (starts, total) = ([Int](), 0)
    for panel in panels {
      starts.append(total)
      total += depth * panel.width
    }
    (self.starts, packedCount) = (starts, total)
    noBias = AlignedBuffer(count: kernels.panel)
    let tile = kernels.tile
    let enough = (MatMulStep.blockWork / max(depth * columns, 1) + 1).roundedUp(to: tile)
    chunk = min(max(enough, tile), rows)
  }

  var kernel: String { "packed \(kernels.tile)x\(kernels.panel)" }
  var cost: StepCost { StepCost(workPerRow: saturatingProduct(rows, depth, columns, isByRows ? 1 : batches)) }
  var rounds: Int { 2 }

  /// The packed right matrices.
  var memory: StepMemory {
    let packed = packedCount * MemoryLayout<Float>.stride
    return isByRows ? StepMemory(sharedPerGrain: packed) : StepMemory(shared: batches * packed)
  }

  private var chunks: Int { rows.dividedUp(by: chunk) }

  func blocks(rows: Int, round: Int) -> Int {
    (isByRows ? rows : batches) * (round == 0 ? panels.count : chunks)
  }

  func run(block: Int, of band: borrowing Band) {
    let first = isByRows ? band.rows.lowerBound : 0
    let perBatch = band.round == 0 ? panels.count : chunks
    let (place, part) = (block / perBatch, block % perBatch)
    let packed = band.shared.assumingMemoryBound(to: Float.self) + place * packedCount
    if band.round == 0 {
      pack(right.matrix(first + place, band.inputs), panels[part], packed + starts[part])
    } else {
      let output = isByRows ? band.output.floats(first + place) : band.output.floats(0) + place * rows * columns
      multiply(left.matrix(first + place, band.inputs), part * chunk, packed, output)
    }
  }

  private func pack(
    _ matrix: UnsafePointer<Float>, _ panel: PackedWeights.Panel, _ target: UnsafeMutablePointer<Float>
  ) {
    for k in 0..<depth {
      let row = target + k * panel.width
      row.update(from: matrix + k * columns + panel.first, count: panel.count)
      (row + panel.count).update(repeating: 0, count: panel.width - panel.count)
    }
  }

  private func multiply(
    _ matrix: UnsafePointer<Float>, _ start: Int, _ packed: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) {
    var run = KernelSet.Run(pixel0: matrix + start * depth, pixelStride: depth, length: depth)
    withUnsafePointer(to: &run) { run in
      for (panel, offset) in zip(panels, starts) {
        kernels.convolve(
          runs: UnsafeBufferPointer(start: run, count: 1), weights: packed + offset,
          bias: UnsafePointer(noBias.base), output: output + start * columns + panel.first, outputPixelStride: columns,
          pixels: min(chunk, rows - start), channels: panel.count, panel: panel.width, low: -.infinity, high: .infinity)
      }
    }
  }
}

/// The matrices of one operand.
private struct Operand: Sendable {
  private enum Source: Sendable {
    case constant(AlignedBuffer)
    /// Position in `Band.inputs`; one matrix in each row, or all in one.
    case ring(Int, byRows: Bool)
  }

  private let source: Source
  /// Which matrix each of the result's is made of.
  private let indices: [Int]
  /// Elements of a matrix.
  private let count: Int
  private let input: Int

  init(_ site: CompileSite, _ input: Int, _ indices: [Int], _ count: Int) {
    (self.indices, self.count, self.input) = (indices, count, input)
    if let constant = site.constants[input] {
      source = .constant(vector(constant.floats, count: constant.shape.count))
    } else {
      let slot = input == 1 && site.constants[0] == nil ? 1 : 0
      source = .ring(slot, byRows: imageSize(site.inputTypes[input]) != nil)
    }
  }

  func reach(isByRows: Bool) -> StepInput? {
    switch source {
    case .constant: nil
    case .ring(_, byRows: false): StepInput(input, rows: .broadcast)
    case .ring(_, byRows: true):
      StepInput(input, rows: isByRows && indices == Array(indices.indices) ? .identity : nil)
    }
  }

  func matrix(_ batch: Int, _ inputs: UnsafeBufferPointer<RowRing>) -> UnsafePointer<Float> {
    switch source {
    case .constant(let buffer): UnsafePointer(buffer.base) + indices[batch] * count
    case .ring(let slot, byRows: true): UnsafePointer(inputs[slot].floats(indices[batch]))
    case .ring(let slot, byRows: false): UnsafePointer(inputs[slot].floats(0)) + indices[batch] * count
    }
  }
}
