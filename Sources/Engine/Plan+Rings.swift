import Graphs

extension Plan {
  /// The stages with their users, the margins that these ask for, and the rings that hold them.
  static func placed(_ stages: [Stage], outputs: [Int]) -> [Stage] {
    var stages = stages
    for index in stages.indices {
      stages[index].ring = index
      for (place, source) in stages[index].sources.enumerated() {
        stages[source.stage].users.append(index)
        guard let input = stages[index].step?.inputs[place] else { continue }
        stages[source.stage].marginLeft = max(stages[source.stage].marginLeft, input.marginLeft)
        stages[source.stage].marginRight = max(stages[source.stage].marginRight, input.marginRight)
      }
    }
    for index in stages.indices {
      guard let source = overwritten(by: index, stages, outputs) else { continue }
      stages[index].ring = stages[source].ring
    }
    for index in stages.indices where stages[index].ring != index {
      let ring = stages[index].ring
      stages[ring].marginLeft = max(stages[ring].marginLeft, stages[index].marginLeft)
      stages[ring].marginRight = max(stages[ring].marginRight, stages[index].marginRight)
    }
    for index in stages.indices {
      let ring = stages[stages[index].ring]
      (stages[index].marginLeft, stages[index].marginRight) = (ring.marginLeft, ring.marginRight)
    }
    return stages
  }

  /// The stage whose rows a stage may overwrite: each is read for the row in its place and by nobody else.
  private static func overwritten(by index: Int, _ stages: [Stage], _ outputs: [Int]) -> Int? {
    guard let step = stages[index].step, stages[index].isStored else { return nil }
    return step.inPlaceInputs.lazy.map { stages[index].sources[$0] }.first { source in
      let held = stages[source.stage]
      return held.users == [index] && held.isStored && !outputs.contains(source.stage) && source.rows == .identity
        && held.layout == stages[index].layout
    }?.stage
  }
}
