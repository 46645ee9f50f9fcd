/// Where a run stands, ready to be rendered.
public struct ProgressReport: Sendable, Hashable {
  /// The part that is done, from 0 to 1, never falling; 1 when there is nothing to do.
  public let fraction: Double
  /// Time since the start.
  public let elapsed: Duration
  /// Time to the end at the mean speed so far; `nil` until something is done.
  public let remaining: Duration?
  /// Scene pixels per second; `nil` until something is done.
  public let pixelsPerSecond: Double?
  /// Ground covered per hour; `nil` also when the area of a pixel is unknown or no number holds it.
  public let squareKilometresPerHour: Double?
}

/// Estimates speed and time to the end from how many of `total` equal units of work are done.
package struct Progress: Sendable, Hashable {
  /// Units of work: rows, windows, or rows times panels.
  package let total: Int
  /// Pixels of the scene.
  package let pixels: Int
  /// Square metres that a pixel covers on the ground, where known and a positive number.
  package let pixelArea: Double?
  private var done = 0
  private var elapsed = Duration.zero

  package init(total: Int, pixels: Int, pixelArea: Double? = nil) {
    precondition(total >= 0 && pixels >= 0)
    (self.total, self.pixels) = (total, pixels)
    self.pixelArea = pixelArea.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
  }

  /// Notes that `done` units are complete `elapsed` after the start, by a monotonic clock. Neither ever goes back.
  package mutating func update(done: Int, elapsed: Duration) -> ProgressReport {
    self.done = min(total, max(self.done, done))
    self.elapsed = max(self.elapsed, elapsed)
    return report
  }

  /// The state at the last update.
  package var report: ProgressReport {
    let fraction = total == 0 ? 1 : Double(done) / Double(total)
    let seconds = elapsed / .seconds(1)
    let speed = fraction > 0 && seconds > 0 ? fraction * Double(pixels) / seconds : nil
    return ProgressReport(
      fraction: fraction, elapsed: elapsed,
      remaining: fraction > 0 ? .seconds(seconds * (1 - fraction) / fraction) : nil,
      pixelsPerSecond: speed,
      squareKilometresPerHour: speed.flatMap { speed in pixelArea.map { speed * 3600 * $0 / 1e6 } }.flatMap {
        $0.isFinite ? $0 : nil
      })
  }
}
