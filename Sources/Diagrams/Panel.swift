/// The boxes of one panel and the bends of its edges, row by row in the direction in which the panel runs.
struct Panel {
  /// A box, or a place where an edge passes a row.
  struct Item {
    var box: Int?
    /// The row of the picture.
    var row: Int
    /// The place among the panel's own rows, the first that is reached first.
    var step: Int
  }

  private(set) var items: [Item] = []
  /// Items by step, from left to right.
  var steps: [[Int]] = []
  /// For each item, those of the next step that it leads to, and those of the step before that lead to it.
  private(set) var next: [[Int]] = []
  private(set) var previous: [[Int]] = []
  /// The items that an edge passes, from its source to its target; by the edge's index.
  private(set) var tracks: [Int: [Int]] = [:]
  /// Edges within the panel that go around it.
  private(set) var long: [Int] = []
  /// The centres of the items.
  var x: [Int] = []
  let isUpward: Bool

  /// `rows` are those of all boxes of the diagram.
  init(boxes: [Int], rows: [Int], isUpward: Bool, diagram: Diagram, edges: [Int]) {
    self.isUpward = isUpward
    let first = boxes.map { rows[$0] }.min() ?? 0
    let last = boxes.map { rows[$0] }.max() ?? -1
    func step(_ row: Int) -> Int { isUpward ? last - row : row - first }
    func row(_ step: Int) -> Int { isUpward ? last - step : first + step }
    steps = [[Int]](repeating: [], count: last - first + 1)
    var item: [Int: Int] = [:]
    for box in boxes {
      item[box] = items.count
      add(Item(box: box, row: rows[box], step: step(rows[box])))
    }
    // So that the work stays in proportion to the boxes, edges are led through rows while there are few bends for each box.
    var budget = 4 * boxes.count + 200
    func span(_ edge: Int) -> Int { abs(rows[diagram.edges[edge].to] - rows[diagram.edges[edge].from]) }
    for edge in edges.sorted(by: { (span($0), $0) < (span($1), $1) }) {
      guard let source = item[diagram.edges[edge].from], let target = item[diagram.edges[edge].to] else { continue }
      guard span(edge) <= budget else {
        long.append(edge)
        continue
      }
      budget -= span(edge) - 1
      var track = [source]
      for step in (items[source].step + 1)..<max(items[target].step, items[source].step + 1) {
        track.append(items.count)
        add(Item(box: nil, row: row(step), step: step))
      }
      track.append(target)
      for (a, b) in zip(track, track.dropFirst()) {
        next[a].append(b)
        previous[b].append(a)
      }
      tracks[edge] = track
    }
    long.sort()
    x = [Int](repeating: 0, count: items.count)
  }

  private mutating func add(_ item: Item) {
    steps[item.step].append(items.count)
    items.append(item)
    next.append([])
    previous.append([])
  }

  /// Each item's place in its step.
  var positions: [Int] {
    var result = [Int](repeating: 0, count: items.count)
    for step in steps { for (place, item) in step.enumerated() { result[item] = place } }
    return result
  }
}

extension Panel {
  /// The boxes of a row of the picture, from left to right, as items.
  func boxes(inRow row: Int) -> [Int] {
    guard let first = items.first else { return [] }
    let step = isUpward ? first.step + first.row - row : first.step + row - first.row
    guard steps.indices.contains(step) else { return [] }
    return steps[step].filter { items[$0].box != nil }
  }

  /// True when a vertical line meets no box in these rows.
  func isFree(at x: Int, rows: Range<Int>, boxWidth: Int) -> Bool {
    rows.allSatisfy { row in boxes(inRow: row).allSatisfy { abs(self.x[$0] - x) >= boxWidth / 2 + 8 } }
  }

  /// Where its boxes and bends begin and end.
  func width(boxWidth: Int) -> Int {
    items.indices.map { x[$0] + (items[$0].box == nil ? 0 : boxWidth / 2) }.max() ?? 0
  }
}
