/// A picture before anything has a height: panels with the places of boxes from left to right, and the rows of boxes.
struct Skeleton {
  let diagram: Diagram
  private(set) var panel: [Int]
  private(set) var row: [Int]
  private(set) var rowCount: Int
  private(set) var panels: [Panel] = []
  /// The panel below the others.
  private(set) var bottom: Int?
  /// True where panels are directions of the network, false where they are pieces of one long panel.
  private(set) var hasTurns: Bool
  /// Rows at which the picture begins at its top again, beside what came before.
  private(set) var tops = [0]
  let boxWidth: Int
  /// For each box its item in its panel.
  private(set) var item: [Int]

  init(_ diagram: Diagram, boxWidth: Int) {
    (self.diagram, self.boxWidth) = (diagram, boxWidth)
    let flow = Flow(diagram)
    let rows = RowAssignment(diagram, flow)
    (panel, row, rowCount, bottom) = (flow.panel, rows.row, rows.count, flow.bottom)
    var isUpward = flow.isUpward
    hasTurns = isUpward.count > 1
    if !hasTurns {
      if let wrapping = Wrapping(diagram, row: row, count: rowCount) {
        (panel, row, tops) = (wrapping.panel, wrapping.row, wrapping.starts)
        rowCount += tops.count - 1
        isUpward = [Bool](repeating: false, count: tops.count)
      }
    }
    item = [Int](repeating: 0, count: panel.count)
    var boxes = [[Int]](repeating: [], count: isUpward.count)
    for box in panel.indices { boxes[panel[box]].append(box) }
    var edges = [[Int]](repeating: [], count: isUpward.count)
    for (index, edge) in diagram.edges.enumerated() where panel[edge.from] == panel[edge.to] {
      edges[panel[edge.from]].append(index)
    }
    for place in isUpward.indices {
      var result = Panel(
        boxes: boxes[place], rows: row, isUpward: isUpward[place], diagram: diagram, edges: edges[place])
      let chains = Chains(result)
      Ordering.apply(chains, to: &result)
      Placement.apply(chains, to: &result, boxWidth: boxWidth)
      for (index, item) in result.items.enumerated() { if let box = item.box { self.item[box] = index } }
      panels.append(result)
    }
  }

  /// The number of panels that stand side by side.
  var upperCount: Int { panels.count - (bottom == nil ? 0 : 1) }

  /// The first row of the bottom panel, or the number of rows.
  var bottomRow: Int { bottom.flatMap { panels[$0].items.map(\.row).min() } ?? rowCount }

  var isWrapped: Bool { tops.count > 1 }

  /// How far below the top of the picture a gap is, counted in rows, if it belongs to a box's panel.
  func depth(of gap: Int, at box: Int) -> Int { isWrapped ? gap - tops[panel[box]] : gap }

  /// The centre of a box within its panel.
  func x(_ box: Int) -> Int { panels[panel[box]].x[item[box]] }

  /// The gap between rows at which an edge leaves a box, and at which it enters one; gap `r` is the one above row `r`.
  func exitGap(_ box: Int) -> Int { panels[panel[box]].isUpward ? row[box] : row[box] + 1 }
  func enterGap(_ box: Int) -> Int { panels[panel[box]].isUpward ? row[box] + 1 : row[box] }
}
