/// Cuts a picture of one long panel into several that stand side by side, all running down.
struct Wrapping {
  private(set) var panel: [Int]
  /// Rows of one panel after those of the one before it, with an empty row between.
  private(set) var row: [Int]
  /// The first row of each panel.
  private(set) var starts: [Int]

  /// Pictures of fewer rows are not cut.
  static let longestPanel = 56
  /// The height of a row over the width of a panel, about, and that of the picture over its width.
  private static let rowShape = 0.15, pictureShape = 1.3
  private static let mostPanels = 16
  /// A cut through more than four tensors is worse than a long picture.
  private static let greatestCost = 8

  /// Nil where the picture stays in one panel.
  init?(_ diagram: Diagram, row: [Int], count: Int) {
    guard count > Wrapping.longestPanel else { return nil }
    let boxesInRow = Double(row.count) / Double(count)
    let shape = Double(count) * Wrapping.rowShape / boxesInRow / Wrapping.pictureShape
    let wanted = min(max(2, Int(shape.squareRoot().rounded())), Wrapping.mostPanels)

    // How many tensors cross from a row to the next, twice, and one more where layers that go together would be parted.
    var cost = [Int](repeating: 0, count: count + 1)
    var lastReader = row
    for edge in diagram.edges { lastReader[edge.from] = max(lastReader[edge.from], row[edge.to]) }
    for (box, last) in lastReader.enumerated() {
      cost[row[box]] += 2
      cost[last] -= 2
    }
    for place in cost.indices.dropFirst() { cost[place] += cost[place - 1] }
    for pair in diagram.companions { cost[row[pair.from]] += 1 }
    var starts = [0]
    for place in 1..<wanted {
      let last = starts[starts.count - 1]
      let target = (count - last) / (wanted - place + 1)
      let middle = last + target - 1
      let candidates = max(last, middle - target / 6)...min(middle + target / 6, count - 2)
      let cut = candidates.filter { cost[$0] <= Wrapping.greatestCost }.min {
        (cost[$0], abs($0 - middle)) < (cost[$1], abs($1 - middle))
      }
      if let cut { starts.append(cut + 1) }
    }
    guard starts.count > 1 else { return nil }
    let panel = row.map { row in starts.partitioningIndex { $0 > row } - 1 }
    self.panel = panel
    self.row = zip(row, panel).map { $0 + $1 }
    self.starts = starts.enumerated().map { $0 + $1 }
  }
}
