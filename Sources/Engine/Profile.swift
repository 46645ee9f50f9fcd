import Glibc
import Graphs

/// Time that one stage took, with what it computed and moved, for per-layer tables.
package struct StageProfile: Sendable {
  package let name: String
  package let kernel: String
  /// Multiply-adds of one run by the layer's definition; 0 where it has none.
  package let multiplyAdds: Int
  /// Multiply-adds of one run that the kernel does: fewer than defined where it takes a shorter way.
  package let kernelMultiplyAdds: Int
  /// Bytes of the values that it reads and of those that it makes, in one run.
  package let inputBytes: Int, outputBytes: Int
  /// Bytes of packed weights that each visit reads.
  package let weightBytes: Int
  package private(set) var seconds = 0.0
  package private(set) var visits = 0

  init(_ stage: Stage, in stages: [Stage]) {
    name = stage.name
    kernel = stage.step?.kernel ?? (stage.maker == nil ? "input" : "made with \(stages[stage.maker ?? 0].name)")
    multiplyAdds = stage.multiplyAdds
    kernelMultiplyAdds = stage.multiplyAdds > 0 ? (stage.step?.cost.workPerRow ?? 0) * stage.layout.rows : 0
    inputBytes = stage.sources.reduce(0) { $0 + stages[$1.stage].layout.byteCount }
    outputBytes =
      (stage.isStored ? stage.layout.byteCount : 0) + (stage.companion.map { stages[$0].layout.byteCount } ?? 0)
    weightBytes = stage.step?.memory.weights ?? 0
  }

  mutating func add(seconds: Double) {
    self.seconds += seconds
    visits += 1
  }
}

extension Plan {
  /// A profile per stage with nothing recorded.
  var emptyProfile: [StageProfile] { stages.map { StageProfile($0, in: stages) } }
}

extension RowLayout {
  /// Bytes of the whole value without margins.
  fileprivate var byteCount: Int { rowBytes * rows }
}

/// Seconds of the monotonic clock, from an arbitrary start.
package func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
