import Glibc
import Graphs

/// Time that one stage took, with what it computed, for per-layer tables.
public struct StageProfile: Sendable {
  public let name: String
  public let kernel: String
  public let multiplyAdds: Int
  /// Bytes of the value it makes.
  public let outputBytes: Int
  public private(set) var seconds = 0.0
  public private(set) var visits = 0

  init(plan stage: Stage) {
    name = stage.name
    kernel = stage.step?.kernel ?? "input"
    multiplyAdds = stage.multiplyAdds
    outputBytes = stage.layout.rowBytes * stage.layout.rows
  }

  mutating func add(seconds: Double) {
    self.seconds += seconds
    visits += 1
  }
}

/// Seconds of the monotonic clock, from an arbitrary start.
public func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
