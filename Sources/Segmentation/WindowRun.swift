import Diagnostics
package import Engine
package import Scenes

/// A scene cut into overlapping windows whose scores are blended or cropped: for networks that are not local, and for who asks.
package struct WindowRun: Sendable {
  package let channels: Int
  /// Scores per pixel.
  package let scores: Int
  package let grid: WindowGrid
  package let plan: Plan
  package let memory: RunMemory
  private let stitcher: WindowStitcher

  /// Errors: `unsupportedModel` when the network cannot take the window, `memory`.
  package init(
    _ model: SceneModel, grid: WindowGrid, kernel: BlendKernel, threads: Int = 1, maximumBytes: Int
  ) throws(SegmentationError) {
    (channels, scores) = (model.channels, model.scores)
    self.grid = grid
    stitcher = WindowStitcher(grid: grid, kernel: kernel, channels: model.channels, classes: model.scores)
    plan = try model.plan(grid.window)
    guard let rowBytes = stitcher.bytes else {
      throw SegmentationError(.memory(needed: .max), "memory", "windows of \(grid.window) exceed any")
    }
    memory = RunMemory(plan, threads: threads, rowBytes: rowBytes + grid.size.width * 2 * grid.window.height)
    guard memory.total <= maximumBytes else {
      throw SegmentationError(
        .memory(needed: memory.total), "memory", "\(maximumBytes) bytes are not enough for windows of \(grid.window)",
        remedy: .smallerWindow)
    }
  }

  /// The whole of `memory`.
  package var predictedBytes: Int { memory.total }

  /// Runs the scene; see `ExactRun.run`. Every row is emitted once, in full width. `poll` is called all along; what it throws ends the run.
  package func run(
    _ session: Session,
    readRow: (_ y: Int, _ row: UnsafeMutablePointer<Float>) throws -> Void,
    emit: (_ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>) throws -> Void,
    poll: () throws -> Void = {}
  ) throws {
    let inputRow = grid.window.width * channels
    let outputRow = grid.window.width * self.scores
    try stitcher.run(
      readRow: readRow,
      predict: { window, scores in
        try session.stream { (y, target) throws(any Error) in
          try poll()
          target.update(from: window + y * inputRow, count: inputRow)
        } write: { (y, source) throws(any Error) in
          (scores + y * outputRow).update(from: source, count: outputRow)
        }
      },
      emit: { y, scores in try emit(y, 0..<grid.size.width, scores) })
  }
}
