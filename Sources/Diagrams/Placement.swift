/// Gives the items of a panel their places from left to right: chains straight, nothing overlapping, side branches close to what
/// they leave.
struct Placement {
  /// Room between two boxes, and between a box and an edge that passes it or between two such edges.
  static let boxGap = 32, edgeGap = 18

  static func apply(_ chains: Chains, to panel: inout Panel, boxWidth: Int) {
    let position = panel.positions
    var block = Array(panel.items.indices)
    var accepted = [[(from: Int, to: Int)]](repeating: [], count: panel.steps.count)
    for chain in chains.chains {
      for (a, b) in zip(chain, chain.dropFirst()) {
        // Sorted by `from`; lines that do not cross are sorted by `to` as well.
        let lines = accepted[panel.items[a].step]
        let place = lines.partitioningIndex { $0.from >= position[a] }
        let isRightOfLeft = place == 0 || lines[place - 1].to < position[b]
        let isLeftOfRight = place == lines.count || lines[place].to > position[b]
        guard isRightOfLeft, isLeftOfRight else { continue }
        accepted[panel.items[a].step].insert((position[a], position[b]), at: place)
        block[b] = block[a]
      }
    }
    func width(_ item: Int) -> Int { panel.items[item].box == nil ? 0 : boxWidth }
    // For each block, the blocks to its right and how far away they must be.
    var right = [[(block: Int, distance: Int)]](repeating: [], count: panel.items.count)
    var missing = [Int](repeating: 0, count: panel.items.count)
    for step in panel.steps {
      for (a, b) in zip(step, step.dropFirst()) {
        let areBoxes = panel.items[a].box != nil && panel.items[b].box != nil
        right[block[a]].append((block[b], (width(a) + width(b)) / 2 + (areBoxes ? boxGap : edgeGap)))
        missing[block[b]] += 1
      }
    }
    var x = [Int](repeating: 0, count: panel.items.count)
    var order = panel.items.indices.filter { block[$0] == $0 && missing[$0] == 0 }
    var done = 0
    while done < order.count {
      let current = order[done]
      done += 1
      for (other, distance) in right[current] {
        x[other] = max(x[other], x[current] + distance)
        missing[other] -= 1
        if missing[other] == 0 { order.append(other) }
      }
    }
    // What stands left of the spine moves towards it.
    let spine = chains.chains.first.map { x[block[$0[0]]] } ?? 0
    for current in order.reversed() where x[current] < spine {
      if let most = right[current].map({ x[$0.block] - $0.distance }).min() { x[current] = max(x[current], most) }
    }
    let least = panel.items.indices.map { x[block[$0]] - width($0) / 2 }.min() ?? 0
    for item in panel.items.indices { panel.x[item] = x[block[item]] - least }
  }
}

extension Array {
  /// The first index whose element satisfies the condition, which all later ones must satisfy as well.
  func partitioningIndex(_ isIn: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isIn(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
