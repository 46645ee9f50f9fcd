/// How many pixels of a mask belong to each class, and what area they cover.
public struct ClassStatistics: Sendable {
  /// Pixels per class.
  public internal(set) var counts: [Int]
  /// Pixels that were nodata in the scene.
  public internal(set) var masked = 0
  /// Pixels that became nodata because the network gave no finite scores.
  public internal(set) var nonFinite = 0
  /// What pixels cover on the ground, where known.
  package let areas: PixelAreas?
  private var sums: AreaSums?
  /// Of a piece of a row, pixels and their columns by class.
  private var piece: [(pixels: Int, columns: Int)]

  package init(classes: Int, areas: PixelAreas? = nil) {
    counts = [Int](repeating: 0, count: classes)
    self.areas = areas
    sums = areas.map { AreaSums($0, classes: classes) }
    piece = [(pixels: Int, columns: Int)](repeating: (0, 0), count: classes)
  }

  /// - Parameter pixelArea: square metres of every pixel; a number that is no area means that it is unknown.
  package init(classes: Int, pixelArea: Double) {
    self.init(classes: classes, areas: PixelAreas(uniform: pixelArea))
  }

  /// Bytes that the sums of areas take at most.
  package static func areaBytes(_ areas: PixelAreas?, classes: Int) -> Int {
    areas.map { $0.cells.count * classes * MemoryLayout<AreaSums.Sums>.stride } ?? 0
  }

  /// Square metres that a pixel covers on the ground in the mean of the scene, where known.
  public var pixelArea: Double? { areas?.mean }

  /// Pixels with a class.
  public var classified: Int { counts.reduce(0, +) }

  /// Pixels without one.
  public var nodata: Int { masked + nonFinite }

  /// The share of a class among the pixels with a class; 0 when there are none.
  public func share(_ id: Int) -> Double {
    let total = classified
    return total == 0 || !counts.indices.contains(id) ? 0 : Double(counts[id]) / Double(total)
  }

  /// The ground area of a class in square metres; `nil` when the areas of pixels are unknown.
  public func squareMetres(_ id: Int) -> Double? {
    guard let areas, let sums, counts.indices.contains(id) else { return nil }
    let area = sums.area(of: id, areas)
    return area.isFinite ? area : nil
  }

  /// The area of a class in hectares; `nil` when the areas of pixels are unknown.
  public func hectares(_ id: Int) -> Double? { squareMetres(id).map { $0 / 1e4 } }

  /// The area of a class in square kilometres; `nil` when the areas of pixels are unknown.
  public func squareKilometres(_ id: Int) -> Double? { squareMetres(id).map { $0 / 1e6 } }

  /// Adds the counts of another part of the same scene.
  package mutating func add(_ other: ClassStatistics) {
    precondition(counts.count == other.counts.count)
    for id in counts.indices { counts[id] += other.counts[id] }
    masked += other.masked
    nonFinite += other.nonFinite
    if let theirs = other.sums {
      precondition(areas == other.areas)
      sums?.add(theirs)
    }
  }

  /// Counts pixels of a row by class, in pieces that each lie in one cell of the areas.
  /// - Parameters:
  ///   - classify: is given a part of `columns`, the column from which columns are counted, and the tables in which it counts.
  mutating func count(
    row: Int, columns: Range<Int>,
    _ classify: (_ columns: Range<Int>, _ origin: Int, _ piece: UnsafeMutableBufferPointer<(pixels: Int, columns: Int)>)
      -> Void
  ) {
    let line = areas?.cell(row: row)
    var start = columns.lowerBound
    while start < columns.upperBound {
      let column = areas?.cell(column: start)
      let part = start..<min(columns.upperBound, column?.end ?? columns.upperBound)
      piece.withUnsafeMutableBufferPointer { classify(part, column?.origin ?? 0, $0) }
      for id in piece.indices where piece[id].pixels > 0 {
        counts[id] += piece[id].pixels
        if let line, let column, let areas {
          sums?.add(
            piece[id].pixels, columns: piece[id].columns, row: row - line.origin, of: id,
            in: line.index * (areas.columnEdges.count - 1) + column.index)
        }
        piece[id] = (0, 0)
      }
      start = part.upperBound
    }
  }
}
