/// How an edge gets from its source to its target.
enum Route: Hashable {
  /// Through the rows of its panel.
  case track
  /// Straight from the side of the source to the side of the target.
  case level
  /// Up or down to a gap between rows, along it, and up or down to the target.
  case lane(gap: Int)
  /// Along a gap to a gutter, through the gutter to another gap, along that to the target.
  case lanes(exit: Int, gutter: Int, enter: Int)
  /// Out of the right side of the source and straight up into the target.
  case corner
}

/// The routes of all edges; gutter `p` lies left of panel `p`, the last one right of everything.
struct Routes {
  private let skeleton: Skeleton
  private(set) var routes: [Route]
  private(set) var gutters: [Lanes]
  /// Where panels begin, from the left of the picture.
  private(set) var offsets: [Int] = []
  private(set) var gutterStarts: [Int] = []
  private(set) var width = 0

  init(_ skeleton: Skeleton) {
    self.skeleton = skeleton
    routes = [Route](repeating: .track, count: skeleton.diagram.edges.count)
    gutters = [Lanes](repeating: Lanes(), count: skeleton.upperCount + 1)
    let long = Set(skeleton.panels.flatMap(\.long))
    var fromBottom: [Int] = []
    for (index, edge) in skeleton.diagram.edges.enumerated() {
      let (from, to) = (skeleton.panel[edge.from], skeleton.panel[edge.to])
      if from == to {
        if long.contains(index) { around(index, gutter: from == skeleton.bottom ? skeleton.upperCount : from + 1) }
      } else if from == skeleton.bottom {
        fromBottom.append(index)
      } else {
        routeAcross(index)
      }
    }
    for place in gutters.indices.dropLast() { gutters[place].assign(gap: 1) }
    placePanels()
    for index in fromBottom { routeUp(index) }
    gutters[skeleton.upperCount].assign(gap: 1)
    if gutters[skeleton.upperCount].count > 0 { width += Routes.gutterWidth(gutters[skeleton.upperCount].count) }
  }

  static let laneWidth = 8
  private static func gutterWidth(_ lanes: Int) -> Int { 28 + laneWidth * (lanes - 1) }

  func laneX(gutter: Int, owner: Int) -> Int { gutterStarts[gutter] + 14 + Routes.laneWidth * gutters[gutter][owner] }

  /// The centre of a box in the picture.
  func x(_ box: Int) -> Int { offsets[skeleton.panel[box]] + skeleton.x(box) }

  private mutating func around(_ index: Int, gutter: Int) {
    let edge = skeleton.diagram.edges[index]
    let (exit, enter) = (skeleton.exitGap(edge.from), skeleton.enterGap(edge.to))
    gutters[gutter].add(edge.from, skeleton.depth(of: exit, at: edge.from), skeleton.depth(of: enter, at: edge.to))
    routes[index] = .lanes(exit: exit, gutter: gutter, enter: enter)
  }

  /// From one upper panel to another, or to the one below.
  private mutating func routeAcross(_ index: Int) {
    let edge = skeleton.diagram.edges[index]
    let (exit, enter) = (skeleton.exitGap(edge.from), skeleton.enterGap(edge.to))
    let (from, to) = (skeleton.panels[skeleton.panel[edge.from]], skeleton.panels[skeleton.panel[edge.to]])
    let rows = min(exit, enter)..<max(exit, enter)
    func isFree(_ panel: Panel, _ box: Int) -> Bool {
      panel.isFree(at: skeleton.x(box), rows: rows, boxWidth: skeleton.boxWidth)
    }
    if skeleton.isWrapped { return around(index, gutter: skeleton.panel[edge.to]) }
    let isBelow = enter > skeleton.bottomRow
    if isLevel(edge) {
      routes[index] = .level
    } else if exit == enter || !isBelow && (exit < enter) != from.isUpward && isFree(from, edge.from) {
      routes[index] = .lane(gap: enter)
    } else if skeleton.panel[edge.to] != skeleton.bottom, (exit > enter) == to.isUpward, isFree(to, edge.to) {
      routes[index] = .lane(gap: exit)
    } else {
      around(index, gutter: isBelow ? 0 : skeleton.panel[edge.to] == skeleton.bottom ? 1 : skeleton.panel[edge.to])
    }
  }

  /// True when nothing stands between two boxes of one row.
  private func isLevel(_ edge: Diagram.Edge) -> Bool {
    let row = skeleton.row[edge.from]
    let (from, to) = (skeleton.panel[edge.from], skeleton.panel[edge.to])
    guard skeleton.row[edge.to] == row, from < to, to != skeleton.bottom else { return false }
    return skeleton.panels[from].boxes(inRow: row).last == skeleton.item[edge.from]
      && skeleton.panels[to].boxes(inRow: row).first == skeleton.item[edge.to]
      && (from + 1..<to).allSatisfy { skeleton.panels[$0].boxes(inRow: row).isEmpty }
  }

  private mutating func placePanels() {
    offsets = [Int](repeating: 0, count: skeleton.panels.count)
    gutterStarts = [Int](repeating: 0, count: gutters.count)
    var x = gutters[0].count == 0 ? 0 : Routes.gutterWidth(gutters[0].count)
    let left = x
    for place in 0..<skeleton.upperCount {
      if place > 0 {
        gutterStarts[place] = x
        x += max(skeleton.hasTurns ? 90 : 60, Routes.gutterWidth(gutters[place].count))
      }
      offsets[place] = x
      x += skeleton.panels[place].width(boxWidth: skeleton.boxWidth)
    }
    if let bottom = skeleton.bottom {
      let ends = (left + x) / 2
      let width = skeleton.panels[bottom].width(boxWidth: skeleton.boxWidth)
      offsets[bottom] = ends - width / 2
      let shift = max(0, left - offsets[bottom])
      for place in offsets.indices { offsets[place] += shift }
      for place in gutterStarts.indices.dropFirst() { gutterStarts[place] += shift }
      x = max(x + shift, offsets[bottom] + width)
    }
    gutterStarts[skeleton.upperCount] = x
    width = x
  }

  /// From the bottom panel up to a panel that runs up.
  private mutating func routeUp(_ index: Int) {
    let edge = skeleton.diagram.edges[index]
    let (exit, enter) = (skeleton.exitGap(edge.from), skeleton.enterGap(edge.to))
    let below = skeleton.panels[skeleton.panel[edge.from]]
    let x = x(edge.to)
    func isFree(to row: Int) -> Bool {
      skeleton.panels[skeleton.panel[edge.to]].isFree(
        at: skeleton.x(edge.to), rows: enter..<skeleton.bottomRow, boxWidth: skeleton.boxWidth)
        && below.isFree(
          at: x - offsets[skeleton.panel[edge.from]], rows: skeleton.bottomRow..<row, boxWidth: skeleton.boxWidth)
    }
    let isLast = below.boxes(inRow: skeleton.row[edge.from]).last == skeleton.item[edge.from]
    if isLast, x >= self.x(edge.from) + skeleton.boxWidth / 2 + 16, isFree(to: exit) {
      routes[index] = .corner
    } else if isFree(to: exit) {
      routes[index] = .lane(gap: exit)
    } else {
      around(index, gutter: skeleton.upperCount)
    }
  }
}
