import Networks
import Rasters
import Scenes
import Synchronization

/// Classifies finished rows and writes them some at a time.
final class MaskRows: Sendable {
  private let writer: MaskWriter
  private let classifier: RowClassifier
  private let capacity: Int
  private let state: Mutex<State>

  private struct State {
    var statistics: ClassStatistics
    var pixels: [UInt8] = []
    var columns = 0..<0
    var rows = 0..<0
  }

  init(writer: MaskWriter, classifier: RowClassifier, rows capacity: Int, areas: PixelAreas?) {
    (self.writer, self.classifier, self.capacity) = (writer, classifier, max(capacity, 1))
    var start = State(statistics: ClassStatistics(classes: classifier.classes, areas: areas))
    start.pixels.reserveCapacity(self.capacity * writer.width)
    state = Mutex(start)
  }

  /// Takes the scores of row y for a range of columns; within a range rows come top to bottom.
  func add(
    _ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>, _ valid: UnsafePointer<UInt8>
  ) throws {
    try state.withLock { state in
      if columns != state.columns || y != state.rows.upperBound || state.rows.count == capacity {
        try flush(&state)
        (state.columns, state.rows) = (columns, y..<y)
      }
      let start = state.pixels.count
      state.pixels.append(contentsOf: repeatElement(0, count: columns.count))
      state.pixels.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        classifier.classify(
          scores, valid: valid, width: columns.count, into: base + start, row: y, column: columns.lowerBound,
          statistics: &state.statistics)
      }
      state.rows = state.rows.lowerBound..<y + 1
    }
  }

  /// Writes what is left.
  func finish() throws -> ClassStatistics {
    try state.withLock { state in
      try flush(&state)
      return state.statistics
    }
  }

  private func flush(_ state: inout State) throws(Fault) {
    guard !state.rows.isEmpty else { return }
    do { try writer.write(rows: state.rows, columns: state.columns, pixels: state.pixels) } catch {
      throw Fault(error)
    }
    state.pixels.removeAll(keepingCapacity: true)
    state.rows = state.rows.upperBound..<state.rows.upperBound
  }
}
