/// Orders the items of each step from left to right so that few edges cross.
struct Ordering {
  private static let sweeps = 8

  static func apply(_ chains: Chains, to panel: inout Panel) {
    var place = [Int](repeating: 0, count: chains.chains.count)
    for (position, chain) in chains.leftToRight(panel).enumerated() { place[chain] = position }
    for step in panel.steps.indices {
      panel.steps[step].sort { (place[chains.chainOf[$0]], $0) < (place[chains.chainOf[$1]], $1) }
    }
    var best = panel.steps
    var fewest = crossings(panel)
    for sweep in 0..<sweeps where fewest > 0 {
      if sweep % 2 == 0 {
        for step in panel.steps.indices.dropFirst() { reorder(&panel, step, by: panel.previous, panel.steps[step - 1]) }
      } else {
        for step in panel.steps.indices.dropLast().reversed() {
          reorder(&panel, step, by: panel.next, panel.steps[step + 1])
        }
      }
      let count = crossings(panel)
      if count < fewest { (fewest, best) = (count, panel.steps) }
    }
    panel.steps = best
  }

  /// Sorts a step by the mean place of each item's neighbours in the step beside it; items without any keep their place.
  private static func reorder(_ panel: inout Panel, _ step: Int, by neighbours: [[Int]], _ beside: [Int]) {
    var position: [Int: Int] = [:]
    for (place, item) in beside.enumerated() { position[item] = place }
    let keyed = panel.steps[step].enumerated().map { place, item in
      let places = neighbours[item].compactMap { position[$0] }
      let key = places.isEmpty ? Double(place) : Double(places.reduce(0, +)) / Double(places.count)
      return (key: key, place: place, item: item)
    }
    panel.steps[step] = keyed.sorted { ($0.key, $0.place) < ($1.key, $1.place) }.map(\.item)
  }

  /// The number of pairs of edges between neighbouring steps that cross.
  static func crossings(_ panel: Panel) -> Int {
    let position = panel.positions
    var result = 0
    for step in panel.steps {
      let ends = step.flatMap { item in panel.next[item].map { position[$0] }.sorted() }
      guard let widest = ends.max(), ends.count > 1 else { continue }
      // A Fenwick tree over the places that edges end at: those to the right of an end were crossed by its edge.
      var tree = [Int](repeating: 0, count: widest + 2)
      for (seen, end) in ends.enumerated() {
        var (notCrossed, place) = (0, end + 1)
        while place > 0 {
          notCrossed += tree[place]
          place -= place & -place
        }
        result += seen - notCrossed
        place = end + 1
        while place < tree.count {
          tree[place] += 1
          place += place & -place
        }
      }
    }
    return result
  }
}
