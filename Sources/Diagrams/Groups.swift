/// The models within a model, where their boxes stand together and nothing else stands between.
struct Groups {
  private struct Group {
    var path: [Diagram.Group]
    var panel: Int
    var rows: ClosedRange<Int>
    /// From the left end of what lies in it to the right end.
    var columns: ClosedRange<Int>
    /// How many outlines within this one begin or end in the same row.
    var above = 0, below = 0
  }

  private struct Place: Hashable {
    var path: [Diagram.Group]
    var panel: Int
  }

  private var groups: [Group] = []
  private(set) var isOutlined: [Bool]
  /// Room for borders and names in the gap above each row, next to it, and in the gap below a row.
  private(set) var roomAbove: [Int]
  private(set) var roomBelow: [Int]

  /// Deeper models have no outline of their own.
  static let deepest = 3
  private static let nameHeight = 20, border = 8, side = 8

  init(_ skeleton: Skeleton, _ routes: Routes) {
    let boxes = skeleton.diagram.boxes
    roomAbove = [Int](repeating: 0, count: skeleton.rowCount + 1)
    roomBelow = roomAbove
    isOutlined = boxes.map { $0.groups.count <= Groups.deepest }
    var members: [Place: [Int]] = [:]
    for (box, content) in boxes.enumerated() {
      for depth in 0..<min(content.groups.count, Groups.deepest) {
        members[Place(path: Array(content.groups[...depth]), panel: skeleton.panel[box]), default: []].append(box)
      }
    }
    var columns = members.mapValues { boxes in Groups.columns(boxes.map(routes.x), reach: skeleton.boxWidth / 2) }
    for (panel, content) in skeleton.panels.enumerated() {
      for (edge, track) in content.tracks where track.count > 2 {
        let (from, to) = (boxes[skeleton.diagram.edges[edge].from], boxes[skeleton.diagram.edges[edge].to])
        for depth in 0..<min(from.groups.count, to.groups.count, Groups.deepest) {
          let path = Array(from.groups[...depth])
          guard path == Array(to.groups[...depth]), let known = columns[Place(path: path, panel: panel)] else { break }
          let bends = Groups.columns(track.map { routes.offsets[panel] + content.x[$0] }, reach: 0)
          columns[Place(path: path, panel: panel)] =
            min(known.lowerBound, bends.lowerBound)...max(known.upperBound, bends.upperBound)
        }
      }
    }
    // Outer ones first; of each depth in the order of their boxes.
    let places = members.sorted { a, b in (a.key.path.count, a.value[0]) < (b.key.path.count, b.value[0]) }
    for (place, boxes) in places {
      guard let columns = columns[place] else { continue }
      let rows = Groups.columns(boxes.map { skeleton.row[$0] }, reach: 0)
      let group = Group(path: place.path, panel: place.panel, rows: rows, columns: columns)
      if Groups.isAlone(group, Set(boxes), skeleton, routes) {
        groups.append(group)
      } else {
        for box in boxes { isOutlined[box] = false }
      }
    }
    nest()
  }

  /// From the least of these to the greatest, and so far beyond them.
  private static func columns(_ places: [Int], reach: Int) -> ClosedRange<Int> {
    (places.min() ?? 0) - reach...(places.max() ?? 0) + reach
  }

  private static func isAlone(_ group: Group, _ members: Set<Int>, _ skeleton: Skeleton, _ routes: Routes) -> Bool {
    guard group.rows.count <= 8 * members.count + 16 else { return false }
    let panel = skeleton.panels[group.panel]
    let reach = skeleton.boxWidth / 2 + 2 * Groups.side + 1
    for row in group.rows {
      for item in panel.boxes(inRow: row) {
        guard let box = panel.items[item].box, !members.contains(box) else { continue }
        let x = routes.x(box)
        if x >= group.columns.lowerBound - reach, x <= group.columns.upperBound + reach { return false }
      }
    }
    return true
  }

  /// Makes room for outlines, more where several begin or end in one row.
  private mutating func nest() {
    var places: [Place: Int] = [:]
    for (place, group) in groups.enumerated() { places[Place(path: group.path, panel: group.panel)] = place }
    for inner in groups.reversed() {
      let outer = places[Place(path: inner.path.dropLast(), panel: inner.panel)]
      let own = places[Place(path: inner.path, panel: inner.panel)]
      guard let outer, let own else { continue }
      if groups[outer].rows.lowerBound == inner.rows.lowerBound {
        groups[outer].above = max(groups[outer].above, groups[own].above + 1)
      }
      if groups[outer].rows.upperBound == inner.rows.upperBound {
        groups[outer].below = max(groups[outer].below, groups[own].below + 1)
      }
    }
    for group in groups {
      let (top, end) = (group.rows.lowerBound, group.rows.upperBound + 1)
      roomAbove[top] = max(roomAbove[top], Groups.nameHeight * (group.above + 1))
      roomBelow[end] = max(roomBelow[end], Groups.border * (group.below + 1))
    }
  }

  func outlines(rowTops: [Int]) -> [Layout.Outline] {
    groups.map { group in
      let side = Groups.side - 2 * (group.path.count - 1)
      let top = rowTops[group.rows.lowerBound] - Groups.nameHeight * (group.above + 1)
      let end = rowTops[group.rows.upperBound] + Layout.boxHeight + Groups.border * (group.below + 1)
      return Layout.Outline(
        group: group.path[group.path.count - 1],
        frame: .init(
          x: group.columns.lowerBound - side, y: top,
          width: group.columns.upperBound - group.columns.lowerBound + 2 * side, height: end - top))
    }
  }
}
