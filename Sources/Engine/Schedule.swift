import Graphs

/// The demand-driven order of visits: an output's rows are demanded, every stage asks its sources for exactly the rows that its reach
/// names and that do not exist yet, and rows that no user will read again are released. Demand is monotone, so no row is made twice.
///
/// The dry run at planning time and the real run are the same walk; only `visit` differs.
package struct Schedule {
  let stages: [Stage]
  /// Rows made so far, and the first row that must still be kept.
  private(set) var produced: [Int]
  private(set) var low: [Int]
  /// The most rows alive at once, per stage.
  private(set) var alive: [Int]
  private let outputs: [Int]

  init(stages: [Stage], outputs: [Int]) {
    self.stages = stages
    self.outputs = outputs
    produced = [Int](repeating: 0, count: stages.count)
    low = produced
    alive = produced
  }

  /// Walks the whole schedule. `visit` makes rows of a stage; it may throw to abandon the run.
  package mutating func walk<E: Error>(_ visit: (_ stage: Int, _ rows: Range<Int>) throws(E) -> Void) throws(E) {
    let bands = outputs.map { (stages[$0].layout.rows + stages[$0].visit - 1) / stages[$0].visit }.max() ?? 0
    for band in 1...max(bands, 1) {
      for output in outputs {
        try demand(output, upTo: stages[output].layout.rows * band / max(bands, 1), visit)
      }
    }
  }

  private mutating func demand<E: Error>(
    _ target: Int, upTo rows: Int, _ visit: (_ stage: Int, _ rows: Range<Int>) throws(E) -> Void
  ) throws(E) {
    var stack = [(stage: target, upTo: rows)]
    while let (index, upTo) = stack.last {
      if produced[index] >= upTo {
        stack.removeLast()
        continue
      }
      let stage = stages[index]
      let rows = produced[index]..<min(stage.layout.rows, produced[index] + stage.visit)
      var ready = true
      for source in stage.sources {
        let needed = stage.needs(source, for: rows, height: stages[source.stage].layout.rows)
        if produced[source.stage] < needed {
          stack.append((source.stage, needed))
          ready = false
          break
        }
      }
      guard ready else { continue }
      alive[index] = max(alive[index], rows.upperBound - low[index])
      try visit(index, rows)
      produced[index] = rows.upperBound
      release(index)
      for source in stage.sources { release(source.stage) }
    }
  }

  /// Moves `low` past the rows that no user will read again; a stage without users keeps only what its last visit made.
  private mutating func release(_ index: Int) {
    var first = produced[index]
    let height = stages[index].layout.rows
    for user in stages[index].users {
      let reader = stages[user]
      let next = produced[user]
      guard next < reader.layout.rows else { continue }
      for source in reader.sources where source.stage == index {
        guard let reach = source.rows else {
          first = 0
          continue
        }
        first = min(first, max(0, min(height, reach.read(by: next..<next + 1).lowerBound)))
      }
    }
    low[index] = max(low[index], first)
  }
}
