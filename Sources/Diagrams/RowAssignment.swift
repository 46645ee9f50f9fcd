/// The row of each box: below the boxes it reads where its panel runs down, above them where it runs up. Tensors from one panel to
/// the next, the skip connections, lie level wherever that is possible.
struct RowAssignment {
  private(set) var row: [Int]
  private(set) var count = 0

  init(_ diagram: Diagram, _ flow: Flow) {
    row = [Int](repeating: 0, count: diagram.boxes.count)
    let upper = diagram.boxes.indices.filter { flow.panel[$0] != flow.bottom }
    var levels = Levels(diagram, flow)
    let isMerged = levels.mergeSkips(diagram, flow)
    let placed = levels.longestPaths(among: upper)
    for box in upper { row[box] = placed[box] }
    closeGaps(diagram, flow, isMerged)

    if let first = upper.map({ row[$0] }).min() { for box in upper { row[box] -= first } }
    count = (upper.map { row[$0] }.max() ?? -1) + 1
    for box in diagram.boxes.indices where flow.panel[box] == flow.bottom { row[box] = count }
    for edge in diagram.edges where flow.bottom != nil && flow.panel[edge.from] == flow.bottom {
      if flow.panel[edge.to] == flow.bottom { row[edge.to] = max(row[edge.to], row[edge.from] + 1) }
    }
    count = (row.max() ?? -1) + 1
  }

  /// Moves boxes down within the room they have, so that layers of one image size stand together and what is left of the room lies
  /// where the size changes.
  private mutating func closeGaps(_ diagram: Diagram, _ flow: Flow, _ isMerged: [Bool]) {
    var before = [[Int]](repeating: [], count: row.count)
    var after = before
    for edge in diagram.edges where flow.panel[edge.from] == flow.panel[edge.to] {
      before[edge.to].append(edge.from)
      after[edge.from].append(edge.to)
    }
    func keepsSize(_ a: Int, _ b: Int) -> Bool { !diagram.grows(from: a, to: b) && !diagram.grows(from: b, to: a) }
    for box in row.indices.reversed() where !isMerged[box] && flow.panel[box] != flow.bottom {
      guard !flow.isUpward[flow.panel[box]], let next = after[box].map({ row[$0] }).min() else { continue }
      let isStart = before[box].isEmpty
      if isStart || isMerged.contains(true) && after[box].contains(where: { keepsSize(box, $0) }) {
        row[box] = next - 1
      }
    }
    for box in row.indices where !isMerged[box] && flow.isUpward[flow.panel[box]] {
      guard let next = before[box].map({ row[$0] }).min() else { continue }
      if before[box].contains(where: { keepsSize(box, $0) }) { row[box] = next - 1 }
    }
  }
}

/// Which box must lie above which, and which lie level, outside of the bottom panel.
private struct Levels {
  /// For each box the boxes that must lie below it.
  private var below: [[Int]]
  /// Boxes that lie level share a representative, which lists them.
  private var representative: [Int]
  private var members: [[Int]]

  /// More skip connections than these are left as they fall: each is tried against the whole network.
  static let mostSkips = 64

  init(_ diagram: Diagram, _ flow: Flow) {
    below = [[Int]](repeating: [], count: diagram.boxes.count)
    representative = Array(diagram.boxes.indices)
    members = representative.map { [$0] }
    for edge in diagram.edges where flow.panel[edge.from] == flow.panel[edge.to] {
      if flow.isUpward[flow.panel[edge.from]] {
        below[edge.to].append(edge.from)
      } else {
        below[edge.from].append(edge.to)
      }
    }
  }

  /// Puts both ends of each tensor that leads from panel to panel on one level unless that contradicts the rest.
  mutating func mergeSkips(_ diagram: Diagram, _ flow: Flow) -> [Bool] {
    var isMerged = [Bool](repeating: false, count: below.count)
    let skips = diagram.edges.lazy.filter {
      flow.panel[$0.from] != flow.panel[$0.to] && ![flow.panel[$0.from], flow.panel[$0.to]].contains(flow.bottom ?? -1)
    }
    for skip in skips.prefix(Levels.mostSkips) {
      let (a, b) = (representative[skip.from], representative[skip.to])
      guard a != b, !leads(from: a, to: b), !leads(from: b, to: a) else { continue }
      let (into, other) = members[a].count >= members[b].count ? (a, b) : (b, a)
      for box in members[other] { representative[box] = into }
      members[into] += members[other]
      (isMerged[skip.from], isMerged[skip.to]) = (true, true)
    }
    return isMerged
  }

  private func leads(from start: Int, to end: Int) -> Bool {
    var seen: Set = [start]
    var pending = [start]
    while let next = pending.popLast() {
      if next == end { return true }
      for box in members[next] {
        for lower in below[box] where seen.insert(representative[lower]).inserted {
          pending.append(representative[lower])
        }
      }
    }
    return false
  }

  /// The length of the longest chain of boxes above each of these.
  func longestPaths(among boxes: [Int]) -> [Int] {
    var row = [Int](repeating: 0, count: below.count)
    var missing = row
    for box in boxes { for lower in below[box] { missing[representative[lower]] += 1 } }
    var ready = boxes.filter { representative[$0] == $0 && missing[$0] == 0 }
    while let next = ready.popLast() {
      for box in members[next] {
        row[box] = row[next]
        for lower in below[box] {
          let other = representative[lower]
          row[other] = max(row[other], row[next] + 1)
          missing[other] -= 1
          if missing[other] == 0 { ready.append(other) }
        }
      }
    }
    return row
  }
}
