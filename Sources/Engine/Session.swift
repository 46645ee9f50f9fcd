import Glibc
import Graphs
package import Tensors

/// A plan with its memory and threads: runs one input at a time, as often as wanted, without allocating.
///
/// The first session of a plan packs the weights; a graph that the caller has let go by then is freed layer by layer.
/// Results are equal to the bit for any number of threads. Not safe to use from two threads at once.
package final class Session {
  package let plan: Plan
  package let threads: Int
  /// Seconds per stage of the runs since `resetProfile`; recorded when `profiling` is on.
  package var profiling = false
  package private(set) var profile: [StageProfile]
  private let arena: Arena
  private let rings: [RowRing]
  /// Rings of each stage's sources, in one array; `sourceStart` says where a stage's begin.
  private let sourceRings: UnsafeMutableBufferPointer<RowRing>
  private let sourceStart: [Int]
  private let scratch: UnsafeMutableRawPointer
  private let scratchStride: Int
  private let shared: UnsafeMutableRawPointer
  private let pool: ThreadPool
  /// Their memory is used again once the caller has let go of the last run's results.
  private var collectors: [OutputCollector]

  /// Errors: `outOfMemory`.
  package init(_ plan: Plan, threads: Int) throws(EngineError) {
    self.plan = plan
    self.threads = max(threads, 1)
    let layout = MemoryLayoutPlan(plan, threads: self.threads)
    arena = try Arena(byteCount: layout.byteCount)
    let base = arena.base
    rings = plan.stages.indices.map { index in
      let stage = plan.stages[index]
      let ring = stage.ring
      let margin = stage.marginLeft * stage.layout.channels * stage.layout.dataType.byteCount
      return RowRing(
        base: base + layout.ringOffset + plan.rings.offsets[ring] + margin, zeros: base + margin,
        stride: stage.rowStride,
        capacity: max(plan.capacities[index], 1), height: stage.layout.rows)
    }
    scratch = base + layout.scratchOffset
    scratchStride = layout.scratchStride
    shared = base + layout.sharedOffset
    sourceRings = .allocate(capacity: max(plan.stages.reduce(0) { $0 + $1.sources.count }, 1))
    var starts: [Int] = []
    var next = 0
    for stage in plan.stages {
      starts.append(next)
      for source in stage.sources {
        (sourceRings.baseAddress! + next).initialize(to: rings[source.stage])
        next += 1
      }
    }
    sourceStart = starts
    profile = plan.emptyProfile
    collectors = plan.outputs.map { OutputCollector($0.type) }
    pool = ThreadPool(threads: self.threads)
    pool.run(blocks: plan.stages.count) { stage, _ in plan.stages[stage].step?.load() }
  }

  deinit {
    pool.stop()
    sourceRings.deallocate()
  }

  /// Bytes of rings and scratch memory that this session mapped.
  package var arenaBytes: Int { arena.byteCount }

  package func resetProfile() { profile = plan.emptyProfile }

  /// Computes the outputs for whole input tensors, in the order of `plan.outputTypes`.
  ///
  /// Errors: `mismatch` for a missing input or one of another type than planned.
  package func run(_ feed: [String: Tensor]) throws(EngineError) -> [Tensor] {
    var tensors = [Tensor?](repeating: nil, count: plan.stages.count)
    for input in plan.inputs {
      guard let tensor = feed[input.name] else { throw EngineError(.mismatch, input.name, "no value was given") }
      guard tensor.type == input.type else {
        throw EngineError(.mismatch, input.name, "planned for \(input.type), given \(tensor.type)")
      }
      tensors[input.stage] = tensor
    }
    for position in collectors.indices { collectors[position].reset() }
    let targets = plan.outputs.enumerated().compactMap { position, output in
      if case .stage(let stage) = output.source { (position, stage) } else { nil }
    }
    try walk { (stage, rows) throws(EngineError) in
      if let tensor = tensors[stage] {
        let rowBytes = plan.stages[stage].layout.rowBytes
        tensor.withUnsafeBytes { bytes in
          for y in rows where rowBytes > 0 {
            rings[stage].row(y).copyMemory(from: bytes.baseAddress! + y * rowBytes, byteCount: rowBytes)
          }
        }
      }
    } after: { (stage, rows) throws(EngineError) in
      for (position, source) in targets where source == stage {
        collectors[position].take(rows, from: rings[stage], plan.stages[stage].layout)
      }
    }
    return plan.outputs.enumerated().map { position, output in
      if case .constant(let tensor) = output.source { tensor } else { collectors[position].tensor }
    }
  }

  /// Streams one image through a plan with one input and one output, both float32 NHWC with N = 1.
  ///
  /// `read` fills row y of the input (width x channels floats); rows are asked for once, top to bottom. `write` is given row y of the
  /// output, once, top to bottom, as soon as it exists. What either throws ends the run.
  package func stream<E: Error>(
    read: (_ y: Int, _ row: UnsafeMutablePointer<Float>) throws(E) -> Void,
    write: (_ y: Int, _ row: UnsafePointer<Float>) throws(E) -> Void
  ) throws(E) {
    precondition(plan.inputs.count == 1 && plan.outputs.count == 1, "streaming needs one input and one output")
    guard case .stage(let output) = plan.outputs[0].source else { preconditionFailure("the output is constant") }
    let input = plan.inputs[0].stage
    try walk { (stage, rows) throws(E) in
      if stage == input { for y in rows { try read(y, rings[stage].floats(y)) } }
    } after: { (stage, rows) throws(E) in
      if stage == output { for y in rows { try write(y, rings[stage].floats(y)) } }
    }
  }

  private func walk<E: Error>(
    before: (_ stage: Int, _ rows: Range<Int>) throws(E) -> Void,
    after: (_ stage: Int, _ rows: Range<Int>) throws(E) -> Void
  ) throws(E) {
    var schedule = plan.schedule
    try schedule.walk { (stage, rows) throws(E) in
      try before(stage, rows)
      compute(stage, rows)
      try after(stage, rows)
    }
  }

  private func clearMargins(_ index: Int) {
    let stage = plan.stages[index], ring = rings[index]
    let pixel = stage.layout.channels * stage.layout.dataType.byteCount
    let (left, right) = (stage.marginLeft * pixel, stage.marginRight * pixel)
    for slot in 0..<ring.capacity {
      let row = ring.base + slot * ring.stride
      memset(row - left, 0, left)
      memset(row + stage.layout.rowBytes, 0, right)
    }
  }

  private func compute(_ index: Int, _ rows: Range<Int>) {
    let hasOldMargins = rows.lowerBound == 0 && plan.hasOldMargins(index)
    guard let step = plan.stages[index].step else {
      if hasOldMargins { clearMargins(index) }
      return
    }
    let start = profiling ? monotonicSeconds() : 0
    let inputs = UnsafeBufferPointer(
      start: UnsafePointer(sourceRings.baseAddress! + sourceStart[index]), count: plan.stages[index].sources.count)
    let output = rings[index]
    let companion = plan.stages[index].companion.map { rings[$0] }
    for round in 0..<step.rounds {
      let blocks = step.blocks(rows: rows.count, round: round)
      // Beside the rows, which lie between the margins; a single block needs no other thread.
      let clears = hasOldMargins && round == 0
      if clears, blocks < 2 { clearMargins(index) }
      pool.run(blocks: blocks + (clears && blocks > 1 ? 1 : 0)) { block, thread in
        guard block < blocks else { return clearMargins(index) }
        let band = Band(
          rows: rows, inputs: inputs, output: output, companion: companion, scratch: scratch + thread * scratchStride,
          shared: shared, round: round)
        step.run(block: block, of: band)
      }
    }
    if profiling { profile[index].add(seconds: monotonicSeconds() - start) }
  }
}
