/// Parallel lines beside each other: a lane for each, shared where they do not meet.
struct Lanes {
  /// Where lines of one owner lie, an owner being one box whose tensor may go to several places.
  private var spans: [Int: (low: Int, high: Int)] = [:]
  private var lanes: [Int: Int] = [:]
  private(set) var count = 0

  /// Beyond this lanes are used again: pictures that need more are past reading.
  static let most = 24

  /// Room for a line between two places.
  mutating func add(_ owner: Int, _ a: Int, _ b: Int) {
    let known = spans[owner]
    spans[owner] = (min(known?.low ?? a, a, b), max(known?.high ?? a, a, b))
  }

  /// Gives each owner a lane; `gap` is kept between two lines in one lane.
  mutating func assign(gap: Int) {
    var ends: [Int] = []
    let sorted = spans.map { (owner: $0, low: $1.low, high: $1.high) }
      .sorted { ($0.low, $0.high, $0.owner) < ($1.low, $1.high, $1.owner) }
    for (place, span) in sorted.enumerated() {
      var lane = ends.firstIndex { $0 + gap <= span.low }
      if lane == nil { lane = ends.count < Lanes.most ? ends.count : place % Lanes.most }
      let chosen = lane ?? 0
      if chosen == ends.count { ends.append(span.high) } else { ends[chosen] = max(ends[chosen], span.high) }
      lanes[span.owner] = chosen
    }
    count = ends.count
  }

  subscript(owner: Int) -> Int { lanes[owner] ?? 0 }
}
