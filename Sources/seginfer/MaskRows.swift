import Rasters
import Scenes

/// Classifies finished rows and writes them some at a time.
struct MaskRows {
  private let writer: MaskWriter
  private let classifier: RowClassifier
  private let capacity: Int
  private var pixels: [UInt8] = []
  private var columns = 0..<0
  private var rows = 0..<0
  private(set) var statistics: ClassStatistics

  init(writer: MaskWriter, classifier: RowClassifier, rows capacity: Int, pixelArea: Double?) {
    (self.writer, self.classifier, self.capacity) = (writer, classifier, max(capacity, 1))
    statistics = ClassStatistics(classes: classifier.classes, pixelArea: pixelArea)
  }

  /// Takes the scores of row y for a range of columns; within a range rows come top to bottom.
  mutating func add(
    _ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>, _ valid: UnsafePointer<UInt8>
  ) throws(Failure) {
    if columns != self.columns || y != rows.upperBound || rows.count == capacity {
      try flush()
      (self.columns, rows) = (columns, y..<y)
    }
    let start = pixels.count
    pixels.append(contentsOf: repeatElement(0, count: columns.count))
    pixels.withUnsafeMutableBufferPointer { buffer in
      classifier.classify(
        scores, valid: valid, width: columns.count, into: buffer.baseAddress! + start, statistics: &statistics)
    }
    rows = rows.lowerBound..<y + 1
  }

  /// Writes what is left.
  mutating func finish() throws(Failure) -> ClassStatistics {
    try flush()
    return statistics
  }

  private mutating func flush() throws(Failure) {
    guard !rows.isEmpty else { return }
    do {
      try writer.write(rows: rows, columns: columns, pixels: pixels)
    } catch { throw Failure(error) }
    pixels.removeAll(keepingCapacity: true)
    rows = rows.upperBound..<rows.upperBound
  }
}
