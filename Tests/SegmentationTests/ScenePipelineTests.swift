import Engine
import Graphs
import Scenes
import Segmentation
import Synchronization
import Testing

struct ScenePipelineTests {
  private struct Stopped: Error, Equatable { var at: String }

  /// Counts what the threads did; `isOver` is set when the pipeline has returned.
  private final class Witness: Sendable {
    let rowsRead = Atomic<Int>(0)
    let isOver = Atomic<Bool>(false)
    let emitted: Mutex<Emitted>
    init(_ size: PixelSize, scores: Int) { emitted = Mutex(Emitted(size, scores: scores)) }

    func expectRunning() {
      let over = isOver.load(ordering: .sequentiallyConsistent)
      #expect(!over)
    }
  }

  private let model: SceneModel
  private let scene = Scene(PixelSize(width: 299, height: 70))

  init() throws { model = try Architecture.uNet.model() }

  private func exactRun(limit: Int = .max) throws -> ExactRun {
    try ExactRun(model, size: scene.size, geometry: localGeometry(model.graph), maximumBytes: limit)
  }

  /// Runs the scene through a pipeline; one of three sides may throw at a row.
  private func scores(
    _ run: ExactRun, readFails: Int? = nil, writeFails: Int? = nil, computeFails: Int? = nil, _ witness: Witness
  ) throws {
    let pipeline = ScenePipeline(size: scene.size, channels: model.channels, scores: model.scores)
    let session = try Session(run.plan, threads: 2)
    defer { witness.isOver.store(true, ordering: .sequentiallyConsistent) }
    _ = try pipeline.run(passes: run.columnsRead) { y, columns, row, valid in
      witness.expectRunning()
      if y == readFails { throw Stopped(at: "read") }
      let start = (y * scene.size.width + columns.lowerBound) * 3
      for i in 0..<columns.count * 3 { row[i] = scene.pixels[start + i] }
      for (i, x) in columns.enumerated() { valid[i] = UInt8((x + y) % 3) }
      witness.rowsRead.add(1, ordering: .relaxed)
    } write: { y, columns, scores, valid in
      witness.expectRunning()
      if y == writeFails { throw Stopped(at: "write") }
      for (i, x) in columns.enumerated() { #expect(valid[i] == UInt8((x + y) % 3)) }
      witness.emitted.withLock { $0.take(y, columns, scores) }
    } compute: { readRow, emit in
      try run.run(session, readRow: readRow) { y, columns, scores in
        if y == computeFails { throw Stopped(at: "compute") }
        try emit(y, columns, scores)
      }
    }
  }

  @Test(arguments: [1.0, 0.6]) func `scores and flags are those of a run that reads and writes by itself`(
    share: Double
  ) throws {
    let whole = try exactRun()
    let run = try exactRun(limit: whole.predictedBytes - Int(Double(whole.plan.ringBytes) * (1 - share)))
    #expect((run.panels.panels.count > 1) == (share < 1))
    let witness = Witness(scene.size, scores: model.scores)
    try scores(run, witness)
    witness.emitted.withLock { $0.expectComplete() }
    #expect(try witness.emitted.withLock { $0.bits } == scene.scores(run))
    #expect(witness.rowsRead.load(ordering: .relaxed) == scene.size.height * run.panels.panels.count)
  }

  @Test(arguments: [0, 1, 33, 69]) func `what any side throws ends the run and is thrown by it`(row: Int) throws {
    let run = try exactRun()
    for side in ["read", "write", "compute"] {
      let witness = Witness(scene.size, scores: model.scores)
      #expect(throws: Stopped(at: side)) {
        try scores(
          run, readFails: side == "read" ? row : nil, writeFails: side == "write" ? row : nil,
          computeFails: side == "compute" ? row : nil, witness)
      }
    }
  }

  @Test func `rows that are not asked for are not waited for`() throws {
    let size = PixelSize(width: 3, height: 2_000_000)
    let pipeline = ScenePipeline(size: size, channels: 1, scores: 1)
    var row = [Float](repeating: 0, count: 3)
    _ = try pipeline.run(passes: [0..<3]) { y, _, row, _ in
      row[0] = Float(y)
    } write: { _, _, _, _ in
    } compute: { readRow, _ in
      for y in 0..<5 {
        try readRow(y, &row)
        #expect(row[0] == Float(y))
      }
    }
    #expect(pipeline.bytes < 32 << 20)
  }

  @Test(arguments: [1, 100, 9000, 1_000_000]) func `queues take a few megabytes, or two rows`(width: Int) {
    let pipeline = ScenePipeline(size: PixelSize(width: width, height: 50_000), channels: 3, scores: 5)
    #expect(pipeline.rowsAhead >= 2 && pipeline.rowsBehind >= 2)
    #expect(pipeline.bytes <= max(16 << 20, width * 2 * (13 + 21)))
  }

  /// How many rows a row is finished before it is asked for, or how many are never asked for.
  @Test(arguments: [0, 1, 7, 29, 30]) func `a row may be finished before it is asked for, and the last need not be`(
    lead: Int
  ) throws {
    let size = PixelSize(width: 5, height: 30)
    let pipeline = ScenePipeline(size: size, channels: 2, scores: 1)
    let flags = Mutex<[[UInt8]]>([])
    let passes = [0..<3, 2..<5, 0..<5]
    _ = try pipeline.run(passes: passes) { y, columns, row, valid in
      for (i, x) in columns.enumerated() {
        (row[2 * i], row[2 * i + 1]) = (Float(y), Float(x))
        valid[i] = UInt8(10 * x + y)
      }
    } write: { y, columns, _, valid in
      flags.withLock { $0.append((0..<columns.count).map { valid[$0] }) }
    } compute: { read, emit in
      var row = [Float](repeating: -1, count: 10)
      for columns in passes {
        for y in 0..<size.height {
          // As for a network whose row y is made of row y - lead.
          if y >= lead {
            try row.withUnsafeMutableBufferPointer { try read(y - lead, $0.baseAddress!) }
            for x in columns { #expect(row[2 * x] == Float(y - lead) && row[2 * x + 1] == Float(x)) }
          }
          try row.withUnsafeMutableBufferPointer { try emit(y, columns, $0.baseAddress!) }
        }
      }
    }
    let expected = passes.flatMap { columns in (0..<30).map { y in columns.map { UInt8(10 * $0 + y) } } }
    #expect(flags.withLock { $0 } == expected)
  }
}
