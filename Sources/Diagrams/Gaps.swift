/// The heights of the gaps between rows, gap `r` above row `r`, and of the lines that run along them.
struct Gaps {
  private let skeleton: Skeleton
  private var lanes: [Lanes]
  /// How far the lines through each gap swing to the side, at most.
  private var swing: [Int]
  /// True where all lines through a gap lead to layers that go with the one before: their boxes stand close together.
  private var isTight: [Bool]
  private let groups: Groups
  /// The upper ends of the rows, and of the room for lines in the gaps.
  private(set) var rowTops: [Int] = []
  private var laneTops: [Int] = []
  private(set) var height = 0

  /// The room between boxes that go together, too little for an arrow.
  static let tightRoom = 4

  init(_ skeleton: Skeleton, _ routes: Routes, _ groups: Groups) {
    (self.skeleton, self.groups) = (skeleton, groups)
    lanes = [Lanes](repeating: Lanes(), count: skeleton.rowCount + 1)
    swing = [Int](repeating: 0, count: skeleton.rowCount + 1)
    isTight = Gaps.tight(skeleton)
    for panel in skeleton.panels {
      for track in panel.tracks.values {
        for (a, b) in zip(track, track.dropFirst()) {
          let gap = max(panel.items[a].row, panel.items[b].row)
          swing[gap] = max(swing[gap], abs(panel.x[a] - panel.x[b]))
        }
      }
    }
    for (edge, route) in zip(skeleton.diagram.edges, routes.routes) {
      let (from, to) = (routes.x(edge.from), routes.x(edge.to))
      switch route {
      case .track, .level, .corner: break
      case .lane(let gap): lanes[gap].add(edge.from, from, to)
      case .lanes(let exit, let gutter, let enter):
        let x = routes.gutterStarts[gutter]
        lanes[exit].add(edge.from, from, x + Routes.laneWidth * Lanes.most)
        lanes[exit].add(edge.from, from, x)
        lanes[enter].add(edge.from, x + Routes.laneWidth * Lanes.most, to)
        lanes[enter].add(edge.from, x, to)
      }
    }
    for gap in lanes.indices { lanes[gap].assign(gap: 16) }
  }

  /// The gaps that no other lines cross than straight ones, none of them from a layer to one that does not go with it.
  private static func tight(_ skeleton: Skeleton) -> [Bool] {
    let companions = skeleton.diagram.companions
    var result = [Bool](repeating: true, count: skeleton.rowCount + 1)
    for panel in skeleton.panels {
      for track in panel.tracks.values {
        for (a, b) in zip(track, track.dropFirst()) {
          let gap = max(panel.items[a].row, panel.items[b].row)
          if panel.x[a] != panel.x[b] { result[gap] = false }
          guard let from = panel.items[a].box, let to = panel.items[b].box else { continue }
          if !companions.contains(.init(from, to)) { result[gap] = false }
        }
      }
    }
    return result
  }

  /// Computes all heights from the top.
  mutating func stack() {
    let tops = Set(skeleton.tops)
    // Rows that hold nothing, between panels of which each begins at the top.
    let (count, isWrapped) = (skeleton.rowCount, skeleton.isWrapped)
    func isEmpty(_ row: Int) -> Bool { row == count || isWrapped && tops.contains(row + 1) }
    var y = 0
    for gap in lanes.indices {
      if tops.contains(gap) { y = 0 }
      let isOutside = tops.contains(gap) || isEmpty(gap)
      var room = isOutside ? 0 : isTight[gap] ? Gaps.tightRoom : 14
      if swing[gap] > 0 { room = swing[gap] <= 130 ? 28 : swing[gap] <= 400 ? 36 : 46 }
      if lanes[gap].count > 0 { room = max(room, 24 + Layout.laneHeight * (lanes[gap].count - 1)) }
      y += groups.roomBelow[gap]
      laneTops.append(y + (room - Layout.laneHeight * max(0, lanes[gap].count - 1)) / 2)
      y += room + groups.roomAbove[gap]
      rowTops.append(y)
      if !isEmpty(gap) { y += Layout.boxHeight }
      height = max(height, y)
    }
  }

  func laneY(_ gap: Int, owner: Int) -> Int { laneTops[gap] + Layout.laneHeight * lanes[gap][owner] }
}
