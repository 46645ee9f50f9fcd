import Engine

/// What `bench` measured.
struct BenchReport {
  let loadSeconds: Double
  let firstSeconds: Double
  let times: [Double]
  let threads: Int
  let isa: String
  let multiplyAdds: Int
  let arenaBytes: Int
  let peakBytes: Int

  private var median: Double {
    let sorted = times.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private var gigaMultiplyAddsPerSecond: Double { Double(multiplyAdds) / 1e9 / median }

  var text: String {
    """
    median \(milliseconds(median)) ms of \(times.count) runs (\(milliseconds(times.min() ?? 0)) to \(milliseconds(times.max() ?? 0))), \
    first \(milliseconds(firstSeconds)) ms, load \(milliseconds(loadSeconds)) ms
    \(decimal(Double(multiplyAdds) / 1e9, 2)) GMAC, \(decimal(gigaMultiplyAddsPerSecond, 1)) GMAC/s, \(threads) threads, \(isa)
    peak memory \(mebibytes(peakBytes)), of it rings and scratch \(mebibytes(arenaBytes))
    """
  }

  var json: String {
    "{"
      + [
        "\"load_s\": \(loadSeconds)", "\"first_s\": \(firstSeconds)", "\"times\": \(times)", "\"median_s\": \(median)",
        "\"threads\": \(threads)", "\"isa\": \"\(isa)\"", "\"peak_rss_bytes\": \(peakBytes)",
        "\"arena_bytes\": \(arenaBytes)", "\"gmac\": \(Double(multiplyAdds) / 1e9)",
        "\"gmac_per_s\": \(gigaMultiplyAddsPerSecond)",
      ].joined(separator: ", ") + "}"
  }

  /// A row per layer with its time in one run, and its share of a peak in GFLOP/s for all threads.
  func table(_ profile: [StageProfile], peakGigaflops: Double) -> String {
    var lines = [
      "peak \(decimal(peakGigaflops, 0)) GFLOP/s", "     ms      %   GMAC/s  of peak  visits  kernel / layer",
    ]
    let total = profile.reduce(0) { $0 + $1.seconds }
    for stage in profile where stage.visits > 0 {
      let seconds = stage.seconds / Double(times.count)
      let rate = seconds > 0 ? Double(stage.multiplyAdds) / 1e9 / seconds : 0
      let columns = [
        padded(decimal(seconds * 1e3, 2), 8), padded(decimal(stage.seconds / max(total, 1e-12) * 100, 1), 6),
        padded(rate > 0 ? decimal(rate, 1) : "", 8),
        padded(rate > 0 ? decimal(rate * 200 / peakGigaflops, 0) + " %" : "", 8),
        padded("\(stage.visits / times.count)", 7),
      ]
      lines.append(columns.joined(separator: " ") + "  \(stage.kernel) / \(escaped(stage.name))")
    }
    return lines.joined(separator: "\n")
  }

  private func milliseconds(_ seconds: Double) -> String { decimal(seconds * 1e3, 1) }
}

/// A number with a fixed count of decimals.
func decimal(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var scale = 1
  for _ in 0..<digits { scale *= 10 }
  let rounded = Int((abs(value) * Double(scale)).rounded())
  let whole = (value < 0 && rounded > 0 ? "-" : "") + String(rounded / scale)
  if digits == 0 { return whole }
  let fraction = String(rounded % scale)
  return whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
}

private func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
