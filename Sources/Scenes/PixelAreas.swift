/// What each pixel of a scene covers on the ground: a lattice of cells of pixels, in each of which the area changes linearly from
/// pixel to pixel. A cell's pixels together have the area that was measured of it.
package struct PixelAreas: Sendable, Hashable {
  /// The area of a pixel in a cell.
  struct Cell: Sendable, Hashable {
    /// Square metres of a pixel in its middle, and how many more a pixel has that is one to the right or below.
    var mean, perColumn, perRow: Double
    /// Its middle, in pixels from its first column and row.
    var middle: (column: Double, row: Double) { (columns / 2, rows / 2) }
    var columns, rows: Double
  }

  /// Where cells begin, and behind them the scene's size.
  let columnEdges: [Int], rowEdges: [Int]
  /// Row by row.
  let cells: [Cell]
  /// Square metres of a pixel in the mean of the scene.
  package let mean: Double

  private enum Limit {
    /// What is left of a pixel's area, in relation to it, where it does not change linearly in a cell.
    static let residual = 2e-5
    /// Square metres within which no projection bends by so much.
    static let flatArea = 4e6
    static let cells = 1 << 14
    /// Blocks of an axis by which it is seen how areas change.
    static let blocks = 8
  }

  /// Pixels of one size; `nil` for a number that is no area.
  package init?(uniform area: Double) {
    guard area.isFinite, area > 0 else { return nil }
    (columnEdges, rowEdges, mean) = ([0, .max], [0, .max], area)
    cells = [Cell(mean: area, perColumn: 0, perRow: 0, columns: 0, rows: 0)]
  }

  /// Measures a scene in as many parts as it takes for sums over any of its pixels to be true to 1e-4.
  ///
  /// - Parameter measure: square metres of the rectangle between these pixel coordinates; `nil` where they are not known.
  /// - Returns: `nil` if any part has no area.
  package init?(size: PixelSize, measure: (_ columns: Range<Double>, _ rows: Range<Double>) -> Double?) {
    let (width, height) = (Double(size.width), Double(size.height))
    guard width > 0, height > 0, let whole = Cell(0..<width, 0..<height, measure) else { return nil }
    var counts = (columns: 1, rows: 1)
    if whole.mean * width * height > Limit.flatArea {
      guard let needed = Self.cellsNeeded(width, height, measure) else { return nil }
      counts = needed
    }
    counts = (min(counts.columns, size.width), min(counts.rows, size.height))
    let columnEdges = Self.edges(size.width, counts.columns)
    let rowEdges = Self.edges(size.height, counts.rows)
    var cells: [Cell] = []
    var sum = 0.0
    for (top, bottom) in zip(rowEdges, rowEdges.dropFirst()) {
      for (left, right) in zip(columnEdges, columnEdges.dropFirst()) {
        guard let cell = Cell(Double(left)..<Double(right), Double(top)..<Double(bottom), measure) else {
          return nil
        }
        cells.append(cell)
        sum += cell.mean * cell.columns * cell.rows
      }
    }
    (self.columnEdges, self.rowEdges, self.cells) = (columnEdges, rowEdges, cells)
    mean = sum / (width * height)
  }

  /// The cells of a row or column of the scene: their place among the others, the first row or column of them, and the end.
  func cell(row: Int) -> (index: Int, origin: Int, end: Int) { Self.cell(rowEdges, row) }
  func cell(column: Int) -> (index: Int, origin: Int, end: Int) { Self.cell(columnEdges, column) }

  private static func cell(_ edges: [Int], _ place: Int) -> (index: Int, origin: Int, end: Int) {
    precondition(place >= 0 && place < edges[edges.count - 1], "\(place) is not in the scene")
    var (low, high) = (0, edges.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if edges[middle] <= place { low = middle } else { high = middle }
    }
    return (low, edges[low], edges[low + 1])
  }

  /// Places that cut an axis into parts of almost the same length.
  private static func edges(_ length: Int, _ parts: Int) -> [Int] {
    (0...parts).map { length / parts * $0 + length % parts * $0 / parts }
  }

  /// How many cells each axis needs: the areas of coarse blocks say how they bend.
  private static func cellsNeeded(
    _ width: Double, _ height: Double, _ measure: (Range<Double>, Range<Double>) -> Double?
  ) -> (columns: Int, rows: Int)? {
    let count = Limit.blocks
    let part = (width: width / Double(count), height: height / Double(count))
    var blocks: [[Double]] = []
    for row in 0..<count {
      var line: [Double] = []
      for column in 0..<count {
        let columns = Double(column) * part.width..<Double(column + 1) * part.width
        let rows = Double(row) * part.height..<Double(row + 1) * part.height
        guard let area = measure(columns, rows), area.isFinite, area > 0 else { return nil }
        line.append(area)
      }
      blocks.append(line)
    }
    // Second differences, in relation to the area.
    var (along, down, across) = (0.0, 0.0, 0.0)
    for row in 0..<count {
      for column in 0..<count {
        let here = blocks[row][column]
        if (1..<count - 1).contains(column) {
          along = max(along, abs(blocks[row][column - 1] - 2 * here + blocks[row][column + 1]) / here)
        }
        if (1..<count - 1).contains(row) {
          down = max(down, abs(blocks[row - 1][column] - 2 * here + blocks[row + 1][column]) / here)
        }
        if row + 1 < count, column + 1 < count {
          let mixed = here - blocks[row][column + 1] - blocks[row + 1][column] + blocks[row + 1][column + 1]
          across = max(across, abs(mixed) / here)
        }
      }
    }
    // A parabola leaves a twelfth of its second difference, a saddle a quarter.
    func parts(_ bend: Double) -> Double { max(1, Double(count) * (bend / Limit.residual).squareRoot()) }
    var (columns, rows) = (parts(along / 12), parts(down / 12))
    let saddle = parts(across / 4) * parts(across / 4)
    if across / 4 > Limit.residual, columns * rows < saddle {
      let factor = (saddle / (columns * rows)).squareRoot()
      (columns, rows) = (columns * factor, rows * factor)
    }
    let excess = max(1, (columns * rows / Double(Limit.cells)).squareRoot())
    return (Int(max(1, (columns / excess).rounded(.up))), Int(max(1, (rows / excess).rounded(.up))))
  }
}

extension PixelAreas.Cell {
  /// Measures the quarters of a cell.
  fileprivate init?(
    _ columns: Range<Double>, _ rows: Range<Double>, _ measure: (Range<Double>, Range<Double>) -> Double?
  ) {
    let size = (width: columns.upperBound - columns.lowerBound, height: rows.upperBound - rows.lowerBound)
    let middle = (columns.lowerBound + size.width / 2, rows.lowerBound + size.height / 2)
    let (left, right) = (columns.lowerBound..<middle.0, middle.0..<columns.upperBound)
    let (upper, lower) = (rows.lowerBound..<middle.1, middle.1..<rows.upperBound)
    guard let a = measure(left, upper), let b = measure(right, upper),
      let c = measure(left, lower), let d = measure(right, lower)
    else { return nil }
    let pixels = size.width * size.height
    mean = (a + b + c + d) / pixels
    perColumn = (b + d - a - c) / (pixels / 2) / (size.width / 2)
    perRow = (c + d - a - b) / (pixels / 2) / (size.height / 2)
    (self.columns, self.rows) = (size.width, size.height)
    guard mean.isFinite, mean > 0, perColumn.isFinite, perRow.isFinite else { return nil }
  }
}
