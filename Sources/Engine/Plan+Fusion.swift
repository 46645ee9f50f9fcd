import Graphs
import Tensors

/// Fuses steps with their producers and consumers, so that values between them stay in cache or are never stored. What is computed, and
/// every bit of it, stays the same.
struct Fusion {
  private(set) var stages: [Stage]
  /// Stages whose rows the caller takes.
  private let outputs: Set<Int>
  /// Where a stage has gone; `nil` for one that was fused into another.
  private(set) var moved: [Int?]
  /// Stages that read a stage, once per reading input.
  private var readers: [[Int]]

  init(_ stages: [Stage], outputs: Set<Int>) {
    (self.stages, self.outputs) = (stages, outputs)
    moved = stages.indices.map { $0 }
    readers = [[Int]](repeating: [], count: stages.count)
    for index in stages.indices { for source in stages[index].sources { readers[source.stage].append(index) } }
    fuseProducers()
    fuseConsumers()
    compact()
  }

  /// Lets steps compute by themselves what only they read.
  private mutating func fuseProducers() {
    for index in stages.indices {
      var place = 0
      while place < stages[index].sources.count {
        if !fuseProducer(index, place) { place += 1 }
      }
    }
  }

  private mutating func fuseProducer(_ index: Int, _ place: Int) -> Bool {
    let source = stages[index].sources[place].stage
    guard let step = stages[index].step, let producer = stages[source].step, !outputs.contains(source),
      readers[source] == [index], let fused = step.fusedWithProducer(producer, at: place)
    else { return false }
    var sources = stages[index].sources.map(\.stage)
    sources.replaceSubrange(place...place, with: stages[source].sources.map(\.stage))
    stages[index].step = fused
    stages[index].sources = zip(sources, fused.inputs).map { Stage.Source(stage: $0, rows: $1.rows) }
    stages[index].name = "\(stages[source].name)+\(stages[index].name)"
    stages[index].multiplyAdds += stages[source].multiplyAdds
    stages[index].grain = fused.grain
    stages[index].visit = rowsPerVisit(fused, stages[index].layout)
    for inner in stages[source].sources.map(\.stage) {
      readers[inner] = readers[inner].map { $0 == source ? index : $0 }
    }
    (stages[source].sources, readers[source], moved[source]) = ([], [], nil)
    return true
  }

  /// Lets steps make what is made of their result alone.
  private mutating func fuseConsumers() {
    for index in stages.indices where stages[index].sources.count == 1 {
      let source = stages[index].sources[0].stage
      guard let step = stages[index].step, let maker = stages[source].step, stages[source].companion == nil else {
        continue
      }
      let keepsOwn = outputs.contains(source) || readers[source] != [index]
      guard let fused = maker.fusedWithConsumer(step, keepingOwn: keepsOwn) else { continue }
      stages[source].step = fused
      stages[source].companion = index
      stages[source].isStored = keepsOwn
      stages[index].step = nil
      stages[index].maker = source
      stages[index].grain = 1
      stages[index].visit = readerRows(stages[index].sources[0].rows, visit: stages[source].visit)
    }
  }

  /// The most rows that a reader gets out of a visit of this many.
  private func readerRows(_ reach: AxisReach?, visit: Int) -> Int {
    guard let reach, reach.num > 0 else { return visit }
    return (visit * reach.den).dividedUp(by: reach.num) + 1
  }

  /// Removes the stages that are gone.
  private mutating func compact() {
    var next = 0
    for index in moved.indices where moved[index] != nil {
      moved[index] = next
      next += 1
    }
    let moved = moved
    stages = stages.indices.filter { moved[$0] != nil }.map { index in
      var stage = stages[index]
      stage.sources = stage.sources.compactMap { source in
        moved[source.stage].map { Stage.Source(stage: $0, rows: source.rows) }
      }
      stage.companion = stage.companion.flatMap { moved[$0] }
      stage.maker = stage.maker.flatMap { moved[$0] }
      return stage
    }
  }
}
