/// Whole numbers from which the area of a set of pixels follows, whatever the order in which they came: how many there are in each cell
/// of the lattice, and the sums of their columns and rows.
struct AreaSums: Sendable, Hashable {
  struct Sums: Sendable, Hashable {
    var pixels = 0, columns = 0, rows = 0
  }

  /// Of each cell the sums of each class; empty until a pixel of it comes.
  private var cells: [[Sums]]
  private let classes: Int

  init(_ areas: PixelAreas, classes: Int) {
    cells = [[Sums]](repeating: [], count: areas.cells.count)
    self.classes = classes
  }

  /// Adds pixels of one class in row `row` of a cell; columns and row count from the cell's own first ones.
  mutating func add(_ pixels: Int, columns: Int, row: Int, of id: Int, in cell: Int) {
    if cells[cell].isEmpty { cells[cell] = [Sums](repeating: Sums(), count: classes) }
    // Pixels without a size of the scene may lie anywhere; their places do not count.
    cells[cell][id].pixels += pixels
    cells[cell][id].columns &+= columns
    cells[cell][id].rows &+= pixels &* row
  }

  mutating func add(_ other: AreaSums) {
    for (cell, classes) in other.cells.enumerated() {
      for (id, sums) in classes.enumerated() {
        add(sums.pixels, columns: sums.columns, row: 0, of: id, in: cell)
        cells[cell][id].rows &+= sums.rows
      }
    }
  }

  /// Square metres of a class.
  func area(of id: Int, _ areas: PixelAreas) -> Double {
    var total = 0.0
    for (cell, classes) in zip(areas.cells, cells) where !classes.isEmpty && classes[id].pixels > 0 {
      let sums = classes[id]
      let pixels = Double(sums.pixels)
      total += pixels * cell.mean
      // A pixel's middle is half a pixel behind its beginning.
      if cell.perColumn != 0 {
        total += cell.perColumn * (Double(sums.columns) + pixels * (0.5 - cell.middle.column))
      }
      if cell.perRow != 0 { total += cell.perRow * (Double(sums.rows) + pixels * (0.5 - cell.middle.row)) }
    }
    return total
  }
}
