/// Runs a predictor over the windows of a scene and joins their scores, reading and emitting whole rows from top to bottom.
///
/// Holds a window's height of rows, never the scene. Scores that overlap are combined as a running weighted mean in window
/// order, `mean += w / (sum of w so far) * (score - mean)` in float32: normalised by construction, and exact where all
/// windows agree. Supports networks whose scores have the size of the window (output scale 1).
package struct WindowStitcher: Sendable {
  package let grid: WindowGrid
  /// Floats per pixel of the scene and of the scores.
  package let channels: Int, classes: Int
  private let rowWeights: [[Float]], columnWeights: [[Float]]

  /// Use `.constant` with a cropping grid.
  package init(grid: WindowGrid, kernel: BlendKernel, channels: Int, classes: Int) {
    precondition(channels > 0 && classes > 0)
    (self.grid, self.channels, self.classes) = (grid, channels, classes)
    rowWeights = grid.rows.map { kernel.weights(for: $0, size: grid.size.height) }
    columnWeights = grid.columns.map { kernel.weights(for: $0, size: grid.size.width) }
  }

  /// Bytes that `run` allocates, or `nil` when they overflow: to be held against the memory limit before running.
  package var bytes: Int? {
    let floats = [
      [grid.window.height + PaddedRows.capacity(grid.padding), grid.padding.padded.width, channels],
      [scoreCapacity, grid.size.width, classes + 1],
      [grid.window.height, grid.window.width, channels + classes],
    ]
    var total = 0
    for factors in floats {
      var bytes = MemoryLayout<Float>.stride
      for factor in factors {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        bytes = product
      }
      let (sum, overflow) = total.addingReportingOverflow(bytes)
      if overflow { return nil }
      total = sum
    }
    return total
  }

  /// Stitches the scene. What a closure throws ends the run and passes through; this is also how to cancel.
  /// - Parameters:
  ///   - readRow: writes the `size.width * channels` floats of scene row y; asked once per row, top to bottom.
  ///   - predict: given a window, height x width x `channels`, writes its scores, height x width x `classes`; windows come
  ///     row by row, left to right.
  ///   - emit: takes the `size.width * classes` finished scores of row y; called once per row, top to bottom, as soon as no
  ///     later window touches the row. The pointer is valid during the call.
  package func run(
    readRow: (_ y: Int, _ row: UnsafeMutablePointer<Float>) throws -> Void,
    predict: (_ window: UnsafePointer<Float>, _ scores: UnsafeMutablePointer<Float>) throws -> Void,
    emit: (_ y: Int, _ scores: UnsafePointer<Float>) throws -> Void
  ) rethrows {
    let (width, height) = (grid.window.width, grid.window.height)
    var source = PaddedRows(grid.padding, channels: channels)
    let scene = RowStore(capacity: height, stride: grid.padding.padded.width * channels)
    let window = RowStore(capacity: height, stride: width * channels)
    let scores = RowStore(capacity: height, stride: width * classes)
    let means = RowStore(capacity: scoreCapacity, stride: grid.size.width * classes)
    let sums = RowStore(capacity: scoreCapacity, stride: grid.size.width)
    var (loaded, emitted) = (0, 0)

    for (index, rows) in grid.rows.enumerated() {
      while loaded < rows.read.upperBound {
        let row = try source.next(readRow: readRow)
        scene.row(loaded).update(from: row, count: scene.stride)
        loaded += 1
      }
      for (column, columns) in grid.columns.enumerated() {
        for (y, sceneY) in rows.read.enumerated() {
          window.row(y).update(from: scene.row(sceneY) + columns.read.lowerBound * channels, count: window.stride)
        }
        try predict(UnsafePointer(window.row(0)), scores.row(0))
        for (y, weight) in zip(rows.core, rowWeights[index]) {
          let offset = columns.core.lowerBound
          blend(
            scores.row(y - rows.read.lowerBound) + (offset - columns.read.lowerBound) * classes,
            into: means.row(y) + offset * classes, sums: sums.row(y) + offset,
            rowWeight: weight, columnWeights: columnWeights[column])
        }
      }
      let finished = index + 1 < grid.rows.count ? grid.rows[index + 1].core.lowerBound : grid.size.height
      for y in emitted..<finished {
        try emit(y, UnsafePointer(means.row(y)))
        sums.row(y).update(repeating: 0, count: sums.stride)
      }
      emitted = finished
    }
  }

  /// Rows of scores that are unfinished at a time.
  private var scoreCapacity: Int { min(grid.window.height, grid.size.height) }

  private func blend(
    _ scores: UnsafePointer<Float>, into means: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>,
    rowWeight: Float, columnWeights: [Float]
  ) {
    for (x, columnWeight) in columnWeights.enumerated() {
      let (mean, score) = (means + x * classes, scores + x * classes)
      let weight = rowWeight * columnWeight
      let sum = sums[x] + weight
      if sums[x] == 0 {
        mean.update(from: score, count: classes)
      } else {
        let share = weight / sum
        for k in 0..<classes { mean[k] += share * (score[k] - mean[k]) }
      }
      sums[x] = sum
    }
  }
}
