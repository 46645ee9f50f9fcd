/// A panel's items divided into chains that are to be drawn as straight lines, longest first: the spine of the network, then the
/// branches that leave it.
struct Chains {
  /// Where branches leave a chain.
  private struct Fan: Hashable {
    var parent: Int, step: Int
  }

  /// Items from the first to the last; each leads to the next.
  private(set) var chains: [[Int]] = []
  private(set) var chainOf: [Int]

  init(_ panel: Panel) {
    // Boxes on the longest way to an item, and from it on.
    var above = panel.items.map { $0.box == nil ? 0 : 1 }
    var below = above
    let order = panel.steps.flatMap { $0 }
    for item in order { above[item] += panel.previous[item].map { above[$0] }.max() ?? 0 }
    for item in order.reversed() { below[item] += panel.next[item].map { below[$0] }.max() ?? 0 }
    chainOf = [Int](repeating: -1, count: panel.items.count)
    func weight(_ item: Int) -> Int { above[item] + below[item] - (panel.items[item].box == nil ? 0 : 1) }
    let byWeight = order.enumerated().sorted { a, b in
      (weight(b.element), a.offset) < (weight(a.element), b.offset)
    }
    for start in byWeight.map(\.element) where chainOf[start] < 0 {
      var chain = [start]
      chainOf[start] = chains.count
      while let last = chain.last {
        let free = panel.next[last].filter { chainOf[$0] < 0 }
        guard let best = free.max(by: { (below[$0], $1) < (below[$1], $0) }) else { break }
        chainOf[best] = chains.count
        chain.append(best)
      }
      chains.append(chain)
    }
  }

  /// The chains from left to right: branches on both sides of what they leave, the shorter the nearer.
  func leftToRight(_ panel: Panel) -> [Int] {
    var (left, right) = (
      [[Int]](repeating: [], count: chains.count), [[Int]](repeating: [], count: chains.count)
    )
    func start(_ chain: Int) -> Int { panel.items[chains[chain][0]].step }
    func end(_ chain: Int) -> Int { panel.items[chains[chain][chains[chain].count - 1]].step }
    // For each chain, the ends of the branches that stand at its sides, and how many leave it at one step.
    var ends: [Int: (left: [Int], right: [Int])] = [:]
    var fans: [Fan: Int] = [:]
    func fan(_ chain: Int) -> Fan {
      Fan(parent: panel.previous[chains[chain][0]].first.map { chainOf[$0] } ?? 0, step: start(chain))
    }
    for chain in chains.indices.dropFirst() { fans[fan(chain), default: 0] += 1 }
    var placed: [Fan: Int] = [:]
    for chain in chains.indices.dropFirst().sorted(by: { (start($0), chains[$0][0]) < (start($1), chains[$1][0]) }) {
      let fan = fan(chain)
      var sides = ends[fan.parent] ?? ([], [])
      sides.left.removeAll { $0 < start(chain) }
      sides.right.removeAll { $0 < start(chain) }
      let (count, place) = (fans[fan] ?? 1, placed[fan, default: 0])
      placed[fan] = place + 1
      if count > 1 ? place < count / 2 : sides.left.count < sides.right.count {
        left[fan.parent].append(chain)
        sides.left.append(end(chain))
      } else {
        right[fan.parent].append(chain)
        sides.right.append(end(chain))
      }
      ends[fan.parent] = sides
    }
    func length(_ chain: Int) -> Int { end(chain) - start(chain) }
    for chain in chains.indices {
      left[chain].sort { (length($1), chains[$0][0]) < (length($0), chains[$1][0]) }
      right[chain].sort { (length($0), chains[$0][0]) < (length($1), chains[$1][0]) }
    }
    var result: [Int] = []
    var pending: [(chain: Int, isEntered: Bool)] = chains.isEmpty ? [] : [(0, false)]
    while let (chain, isEntered) = pending.popLast() {
      if isEntered {
        result.append(chain)
      } else {
        pending += right[chain].reversed().map { ($0, false) }
        pending.append((chain, true))
        pending += left[chain].reversed().map { ($0, false) }
      }
    }
    return result
  }
}
