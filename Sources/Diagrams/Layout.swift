/// A diagram with places for everything, in pixels from the upper left corner.
package struct Layout {
  package struct Point: Hashable {
    package var x: Int, y: Int
    package init(x: Int, y: Int) { (self.x, self.y) = (x, y) }
  }

  package struct Frame: Hashable {
    package var x: Int, y: Int, width: Int, height: Int
    package var right: Int { x + width }
    package var bottom: Int { y + height }
    package var middle: Point { Point(x: x + width / 2, y: y + height / 2) }
  }

  /// A line through points. Between points that share neither coordinate it swings from vertical to vertical.
  package struct Path: Hashable {
    package var edge: Diagram.Edge
    package var points: [Point]
    /// True for tensors from one direction of the network to another, around the layers between.
    package var isSkip: Bool
    /// True where there is no room for the head of an arrow.
    package var isShort: Bool {
      points.count == 2 && points[0].x == points[1].x && abs(points[0].y - points[1].y) <= Gaps.tightRoom
    }
  }

  /// The border of a model within the model, around those of its boxes that stand together.
  package struct Outline: Hashable {
    package var group: Diagram.Group
    package var frame: Frame
  }

  /// By the indices of boxes and edges.
  package private(set) var frames: [Frame] = []
  package private(set) var paths: [Path] = []
  /// Outer ones before those within them.
  package private(set) var outlines: [Outline] = []
  /// Boxes whose groups all have an outline around them.
  package private(set) var isOutlined: [Bool] = []
  package private(set) var width = 0
  package private(set) var height = 0

  package static let boxHeight = 36
  static let laneHeight = 7

  package init(_ diagram: Diagram) {
    let skeleton = Skeleton(diagram, boxWidth: Layout.boxWidth(diagram))
    let routes = Routes(skeleton)
    let groups = Groups(skeleton, routes)
    var gaps = Gaps(skeleton, routes, groups)
    gaps.stack()
    for box in diagram.boxes.indices {
      frames.append(
        Frame(
          x: routes.x(box) - skeleton.boxWidth / 2, y: gaps.rowTops[skeleton.row[box]], width: skeleton.boxWidth,
          height: Layout.boxHeight))
    }
    for index in diagram.edges.indices { paths.append(path(index, skeleton, routes, gaps)) }
    outlines = groups.outlines(rowTops: gaps.rowTops)
    isOutlined = groups.isOutlined
    width = max(routes.width, outlines.map(\.frame.right).max() ?? 0)
    height = gaps.height
  }

  /// Wide enough for most texts, within limits.
  private static func boxWidth(_ diagram: Diagram) -> Int {
    let widths = diagram.boxes.map { box in
      max(
        TextWidth.of(box.name, size: 12, isBold: true),
        TextWidth.of(box.caption, size: 11) + 14 + TextWidth.of(box.detail, size: 11)) + 24
    }
    return min(max(widths.max() ?? 0, 120), 230) / 2 * 2
  }

  private func path(_ index: Int, _ skeleton: Skeleton, _ routes: Routes, _ gaps: Gaps) -> Path {
    let edge = skeleton.diagram.edges[index]
    let (source, target) = (frames[edge.from], frames[edge.to])
    let (fromPanel, toPanel) = (skeleton.panel[edge.from], skeleton.panel[edge.to])
    let start = Point(
      x: source.middle.x, y: skeleton.panels[fromPanel].isUpward ? source.y : source.bottom)
    let end = Point(x: target.middle.x, y: skeleton.panels[toPanel].isUpward ? target.bottom : target.y)
    var points: [Point]
    switch routes.routes[index] {
    case .track:
      let panel = skeleton.panels[fromPanel]
      points = [start]
      for item in panel.tracks[index]?.dropFirst().dropLast() ?? [] {
        let x = routes.offsets[fromPanel] + panel.x[item]
        let top = gaps.rowTops[panel.items[item].row]
        let ends = [Point(x: x, y: top), Point(x: x, y: top + Layout.boxHeight)]
        points += panel.isUpward ? ends.reversed() : ends
      }
      points.append(end)
    case .level: points = [Point(x: source.right, y: source.middle.y), Point(x: target.x, y: target.middle.y)]
    case .corner:
      let y = source.middle.y
      points = [Point(x: source.right, y: y), Point(x: end.x, y: y), end]
    case .lane(let gap):
      let y = gaps.laneY(gap, owner: edge.from)
      points = [start, Point(x: start.x, y: y), Point(x: end.x, y: y), end]
    case .lanes(let exit, let gutter, let enter):
      let x = routes.laneX(gutter: gutter, owner: edge.from)
      let (first, last) = (gaps.laneY(exit, owner: edge.from), gaps.laneY(enter, owner: edge.from))
      points = [
        start, Point(x: start.x, y: first), Point(x: x, y: first), Point(x: x, y: last), Point(x: end.x, y: last), end,
      ]
    }
    let isSkip = skeleton.hasTurns && fromPanel != toPanel && fromPanel != skeleton.bottom && toPanel != skeleton.bottom
    return Path(edge: edge, points: Layout.simplified(points), isSkip: isSkip)
  }

  /// Without points in the middle of straight lines.
  private static func simplified(_ points: [Point]) -> [Point] {
    var result: [Point] = []
    for point in points where result.last != point {
      if result.count > 1 {
        let (a, b) = (result[result.count - 2], result[result.count - 1])
        if a.x == b.x && b.x == point.x || a.y == b.y && b.y == point.y { result.removeLast() }
      }
      result.append(point)
    }
    return result
  }
}
