/// In which panel of the picture each box stands, and in which direction a panel runs.
///
/// A panel is a part of the network that the image passes in one direction: getting smaller, then larger again. The first runs
/// down, the next, beside it, up. Where there are just these two, the boxes at the smallest size stand in a panel of their own
/// below and between them, so that an encoder and a decoder look like the two arms of a U.
struct Flow {
  private(set) var panel: [Int]
  /// For each panel from left to right, whether it runs up.
  private(set) var isUpward: [Bool]
  /// The panel below the others, the last one.
  private(set) var bottom: Int?

  /// Networks that change direction more often are drawn in one panel.
  static let mostTurns = 3

  init(_ diagram: Diagram) {
    let sources = diagram.sources
    let whole = diagram.boxes.indices.filter { diagram.boxes[$0].kind == .input }
      .max { diagram.boxes[$0].imageRows ?? 0 < diagram.boxes[$1].imageRows ?? 0 }
    panel = [Int](repeating: 0, count: diagram.boxes.count)
    for box in panel.indices {
      for source in sources[box] {
        let turns =
          panel[source] % 2 == 1
          ? diagram.grows(from: box, to: source)
          : diagram.grows(from: source, to: box) && whole.map { diagram.grows(from: source, to: $0) } ?? false
        panel[box] = max(panel[box], panel[source] + (turns ? 1 : 0))
      }
    }
    let turns = panel.max() ?? 0
    guard turns <= Flow.mostTurns else {
      panel = [Int](repeating: 0, count: panel.count)
      isUpward = [false]
      return
    }
    isUpward = (0...turns).map { $0 % 2 == 1 }
    if turns == 1 { separateBottom(diagram, sources) }
  }

  /// Moves the boxes of the first panel with the smallest images, and what follows them there, to a panel below.
  private mutating func separateBottom(_ diagram: Diagram, _ sources: [[Int]]) {
    let first = panel.indices.filter { panel[$0] == 0 }
    let images = first.filter { diagram.boxes[$0].imageRows != nil }
    guard let least = images.min(by: { diagram.boxes[$0].imageRows ?? 0 < diagram.boxes[$1].imageRows ?? 0 }) else {
      return
    }
    for box in first {
      let isSmall = diagram.boxes[box].imageRows != nil && !diagram.grows(from: least, to: box)
      if isSmall || sources[box].contains(where: { panel[$0] == 2 }) { panel[box] = 2 }
    }
    bottom = 2
    isUpward.append(false)
  }
}
