package import Scenes

/// Reads a scene ahead of a run and writes its result behind it, on a thread each, through queues of a few megabytes.
///
/// Rows pass in order, so the run computes what it would if it read and wrote by itself. An error on any side ends all of them, and both
/// threads have ended when `run` returns.
package struct ScenePipeline: Sendable {
  package let size: PixelSize
  package let channels: Int
  /// Scores per pixel.
  package let scores: Int
  /// The rows that each queue holds.
  package let rowsAhead: Int, rowsBehind: Int

  /// Time that a run waited for others: for rows to be read, and for finished rows to be taken.
  package struct Waits: Sendable, Hashable {
    package let reading: Duration, writing: Duration
  }

  typealias Read = (
    _ y: Int, _ columns: Range<Int>, _ row: UnsafeMutablePointer<Float>, _ valid: UnsafeMutablePointer<UInt8>
  ) throws -> Void
  typealias Write = (
    _ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>, _ valid: UnsafePointer<UInt8>
  ) throws -> Void

  /// About this much is read ahead, and held back before writing.
  private static let queueBytes = 8 << 20

  package init(size: PixelSize, channels: Int, scores: Int) {
    (self.size, self.channels, self.scores) = (size, channels, scores)
    func rows(_ rowBytes: Int) -> Int { max(2, min(ScenePipeline.queueBytes / rowBytes, size.height)) }
    rowsAhead = rows(ScenePipeline.rowBytes(size.width, channels))
    rowsBehind = rows(ScenePipeline.rowBytes(size.width, scores))
  }

  private static func rowBytes(_ width: Int, _ channels: Int) -> Int {
    width * (channels * MemoryLayout<Float>.stride + MemoryLayout<UInt8>.stride)
  }

  /// Bytes of both queues.
  package var bytes: Int {
    rowsAhead * ScenePipeline.rowBytes(size.width, channels) + rowsBehind * ScenePipeline.rowBytes(size.width, scores)
  }

  /// Runs `compute` on this thread between a reading and a writing thread.
  /// - Parameters:
  ///   - passes: the columns that are read of every row, for each time the scene is read.
  ///   - read: writes the samples of row y for a range of columns, `columns.count * channels`, and a flag per pixel that is 0 where
  ///     there is no data. Rows come top to bottom, once per pass.
  ///   - write: takes the scores of row y for a range of columns, and the flags of these pixels, in the order in which they are emitted.
  ///   - compute: computes the scene from the rows it asks for and emits scores; see `ExactRun.run`.
  /// - Returns: how long `compute` waited.
  /// - Throws: the first error of the three, `threads`.
  package func run(
    passes: [Range<Int>],
    read:
      @escaping @Sendable (
        _ y: Int, _ columns: Range<Int>, _ row: UnsafeMutablePointer<Float>, _ valid: UnsafeMutablePointer<UInt8>
      ) throws -> Void,
    write:
      @escaping @Sendable (
        _ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>, _ valid: UnsafePointer<UInt8>
      ) throws -> Void,
    compute: (
      _ readRow: (_ y: Int, _ row: UnsafeMutablePointer<Float>) throws -> Void,
      _ emit: (_ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>) throws -> Void
    ) throws -> Void
  ) throws -> Waits {
    let ahead = BoundedQueue(capacity: rowsAhead) { InputRow(width: size.width, channels: channels) }
    let behind = BoundedQueue(capacity: rowsBehind) { OutputRow(width: size.width, scores: scores) }
    let reader = Worker { [size] in
      ahead.run { queue in
        for columns in passes {
          for y in 0..<size.height { try queue.put { try $0.fill(y, columns, read) } }
        }
        queue.finish()
      }
    }
    let writer = Worker { behind.run { queue in while try queue.take({ try $0.use(write) }) != nil {} } }
    let result = Result {
      if reader == nil || writer == nil {
        throw SegmentationError(.threads, "threads", "the system has none left for reading and writing")
      }
      var rows = SceneRows(ahead, width: size.width)
      try compute { y, row in
        try rows.read(y, into: row)
      } _: { y, columns, scores in
        let flags = try rows.flags(y) + columns.lowerBound
        try behind.put { $0.set(y, columns, scores, flags) }
      }
    }
    // Rows that were not asked for are not waited for; finished rows are.
    ahead.fail(ScenePipelineEnded())
    if case .failure(let error) = result { behind.fail(error) } else { behind.finish() }
    reader?.join()
    writer?.join()
    try result.get()
    _ = try behind.take { _ in }
    return Waits(reading: ahead.waited.take, writing: behind.waited.put)
  }
}

/// Ends a reader whose rows are no longer wanted.
private struct ScenePipelineEnded: Error {}

extension BoundedQueue {
  /// One side's work; what it throws ends the other side too.
  fileprivate func run(_ body: (BoundedQueue) throws -> Void) {
    do { try body(self) } catch { fail(error) }
  }
}

/// A row of scores on its way to the mask.
private struct OutputRow {
  private var y = 0
  private var columns = 0..<0
  private let scoresPerPixel: Int
  private var scores: [Float]
  private var valid: [UInt8]

  init(width: Int, scores scoresPerPixel: Int) {
    self.scoresPerPixel = scoresPerPixel
    scores = [Float](repeating: 0, count: width * scoresPerPixel)
    valid = [UInt8](repeating: 0, count: width)
  }

  mutating func set(
    _ y: Int, _ columns: Range<Int>, _ values: UnsafePointer<Float>, _ flags: UnsafePointer<UInt8>
  ) {
    (self.y, self.columns) = (y, columns)
    let count = columns.count * scoresPerPixel
    scores.withUnsafeMutableBufferPointer { $0.baseAddress?.update(from: values, count: count) }
    valid.withUnsafeMutableBufferPointer { $0.baseAddress?.update(from: flags, count: columns.count) }
  }

  func use(_ write: ScenePipeline.Write) throws {
    try scores.withUnsafeBufferPointer { scores in
      try valid.withUnsafeBufferPointer { valid in
        guard let scores = scores.baseAddress, let valid = valid.baseAddress else { return }
        try write(y, columns, scores, valid)
      }
    }
  }
}
