import ArgumentParser
import Diagnostics
import FoundationEssentials
import Networks
import Orthophotos

/// How progress is shown.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
  case bar, json, none
}

/// Writes progress to stderr, at most a few times a second.
final class ProgressLine {
  private let style: ProgressStyle
  private var last: ContinuousClock.Instant?
  private var isFinished = false

  init(style: ProgressStyle) { self.style = style }

  func update(_ report: ProgressReport) {
    guard style != .none else { return }
    let now = ContinuousClock.now
    if let last, now - last < .milliseconds(200), report.fraction < 1 { return }
    last = now
    let speed = report.pixelsPerSecond.map { Int(min($0, 1e15)) } ?? 0
    let remaining = report.remaining.map { Int($0.components.seconds) }
    switch style {
    case .json:
      var members = [("fraction", "\(report.fraction)"), ("elapsed_s", "\(seconds(report.elapsed))")]
      if let left = report.remaining { members.append(("remaining_s", "\(seconds(left))")) }
      members.append(("px_per_s", "\(speed)"))
      if let area = report.squareKilometresPerHour { members.append(("km2_per_h", "\(area)")) }
      note(jsonObject(members))
    case .bar:
      let filled = Int(report.fraction * 30)
      let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: 30 - filled)
      var line = "\r[\(bar)] \(Int(report.fraction * 100)) %  \(speed / 1000) kpx/s"
      if let area = report.squareKilometresPerHour { line += "  \(decimal(area, 2)) km2/h" }
      if let remaining { line += "  ETA \(remaining / 60):\(remaining % 60 < 10 ? "0" : "")\(remaining % 60)" }
      writeToStandardError(line + "   ")
    case .none: break
    }
  }

  func finish() {
    if style == .bar, last != nil, !isFinished { note("") }
    isFinished = true
  }

  private func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
