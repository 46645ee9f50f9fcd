public import Engine
public import Scenes

/// A scene cut into overlapping windows whose scores are blended or cropped: for networks that are not local, and for who asks.
public struct WindowRun: Sendable {
  public let channels: Int
  /// Scores per pixel.
  public let scores: Int
  public let grid: WindowGrid
  public let plan: Plan
  private let stitcher: WindowStitcher

  /// Errors: `unsupportedModel` when the network cannot take the window, `memory`.
  public init(
    _ model: SceneModel, grid: WindowGrid, kernel: BlendKernel, maximumBytes: Int
  ) throws(SegmentationError) {
    (channels, scores) = (model.channels, model.scores)
    self.grid = grid
    stitcher = WindowStitcher(grid: grid, kernel: kernel, channels: model.channels, classes: model.scores)
    plan = try model.plan(grid.window)
    guard let bytes = predictedBytes, bytes <= maximumBytes else {
      throw SegmentationError(
        .memory, "--max-memory", "\(maximumBytes >> 20)M is not enough for windows of \(grid.window)",
        hint: "\((predictedBytes ?? 0) >> 20 + 1)M would do, or a smaller --window")
    }
  }

  /// Predicted bytes, or `nil` when they overflow.
  public var predictedBytes: Int? {
    stitcher.bytes.map { $0 + plan.ringBytes + plan.weightBytes + plan.scratchBytes * 4 }
  }

  /// Runs the scene; see `ExactRun.run`. Every row is emitted once, in full width.
  public func run(
    _ session: Session,
    readRow: (_ y: Int, _ row: UnsafeMutablePointer<Float>) throws -> Void,
    emit: (_ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>) throws -> Void
  ) throws {
    let inputRow = grid.window.width * channels
    let outputRow = grid.window.width * self.scores
    try stitcher.run(
      readRow: readRow,
      predict: { window, scores in
        session.stream { (y, target) throws(Never) in
          target.update(from: window + y * inputRow, count: inputRow)
        } write: { (y, source) throws(Never) in
          (scores + y * outputRow).update(from: source, count: outputRow)
        }
      },
      emit: { y, scores in try emit(y, 0..<grid.size.width, scores) })
  }
}
