import Engine
import Networks
import Segmentation

/// What the threads that compute did with the time of a run.
package struct Activity: Sendable {
  private let start = monotonicSeconds()
  private var computedBy = 0.0
  private var finishedBy = 0.0
  private var busy = 0.0
  private var waits: ScenePipeline.Waits?

  /// The scene is computed; so many seconds were spent inside the network's steps.
  mutating func computed(seconds: Double, _ waits: ScenePipeline.Waits) {
    (busy, self.waits, computedBy) = (seconds, waits, monotonicSeconds())
  }

  /// The output is complete.
  mutating func end() { finishedBy = monotonicSeconds() }

  /// `computing: 97.1 % of 12.3 s; waited 0.1 s for rows and 0.0 s for the writer; 0.2 s to finish the output`
  package var line: String {
    let wall = finishedBy - start
    let share = wall > 0 ? decimal(100 * busy / wall, 1) : "0.0"
    func seconds(_ duration: Duration?) -> String { decimal((duration ?? .zero) / .seconds(1), 1) }
    return "computing: \(share) % of \(decimal(wall, 1)) s; waited \(seconds(waits?.reading)) s for rows and "
      + "\(seconds(waits?.writing)) s for the writer; \(decimal(finishedBy - computedBy, 1)) s to finish the output"
  }
}
