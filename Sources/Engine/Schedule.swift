import Graphs
import Tensors

/// The demand-driven order of visits: an output's rows are demanded, every stage asks its sources for exactly the rows that its reach
/// names and that do not exist yet, and rows that no user will read again are released. Demand is monotone, so no row is made twice.
///
/// The dry run at planning time and the real run are the same walk; only `visit` differs.
package struct Schedule {
  let stages: [Stage]
  /// Rows made so far, and the first row that must still be kept.
  private(set) var produced: [Int]
  private(set) var low: [Int]
  /// The most rows alive at once in the ring that holds a stage's rows.
  private(set) var alive: [Int]
  private let outputs: [Int]
  /// For each stage that has a ring of its own, the stages that it holds.
  private let held: [[Int]]

  init(stages: [Stage], outputs: [Int]) {
    self.stages = stages
    self.outputs = outputs
    var held = [[Int]](repeating: [], count: stages.count)
    for index in stages.indices { held[stages[index].ring].append(index) }
    self.held = held
    produced = [Int](repeating: 0, count: stages.count)
    low = produced
    alive = produced
  }

  /// Walks the whole schedule. `visit` makes rows of a stage; it may throw to abandon the run.
  package mutating func walk<E: Error>(_ visit: (_ stage: Int, _ rows: Range<Int>) throws(E) -> Void) throws(E) {
    let bands = outputs.map { stages[$0].layout.rows.dividedUp(by: stages[$0].visit) }.max() ?? 0
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
      if let maker = stage.maker {
        let next = produced[index]..<produced[index] + 1
        stack.append((maker, stage.needs(stage.sources[0], for: next, height: stages[maker].layout.rows)))
        continue
      }
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
      hold(index, rows.upperBound)
      let companion = stage.companion.map { ($0, companionRows($0, rows.upperBound)) }
      if let (index, rows) = companion { hold(index, rows.upperBound) }
      try visit(index, rows)
      produced[index] = rows.upperBound
      if let (index, rows) = companion, !rows.isEmpty {
        try visit(index, rows)
        produced[index] = rows.upperBound
        release(index)
      }
      release(index)
      for source in stage.sources { release(source.stage) }
    }
  }

  /// The rows of a stage that its maker makes when its own are there up to `upTo`.
  private func companionRows(_ index: Int, _ upTo: Int) -> Range<Int> {
    let source = stages[index].sources[0]
    guard let reach = source.rows else { preconditionFailure("\(stages[index].name) is made row by row") }
    let made = reach.outputs(from: upTo, of: stages[source.stage].layout.rows, count: stages[index].layout.rows)
    return produced[index]..<max(made, produced[index])
  }

  /// Makes room for the rows of a stage up to `upTo`, beside all that its ring still holds.
  private mutating func hold(_ index: Int, _ upTo: Int) {
    let ring = stages[index].ring
    var (first, last) = (low[index], upTo)
    for other in held[ring] {
      first = min(first, low[other])
      last = max(last, produced[other])
    }
    alive[ring] = max(alive[ring], last - first)
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
