/// What `bench` measured.
struct BenchReport {
  /// Seconds until the first run can begin.
  struct Load {
    /// All; the file read and imported; weights packed. The optimiser has nearly all of the rest.
    let total: Double, importing: Double, packing: Double
  }

  let load: Load
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
    first \(milliseconds(firstSeconds)) ms, load \(milliseconds(load.total)) ms \
    (read \(milliseconds(load.importing)), packed \(milliseconds(load.packing)))
    \(decimal(Double(multiplyAdds) / 1e9, 2)) GMAC, \(decimal(gigaMultiplyAddsPerSecond, 1)) GMAC/s, \(threads) threads, \(isa)
    peak memory \(mebibytes(peakBytes)), of it rings and scratch \(mebibytes(arenaBytes))
    """
  }

  /// One object on one line, with the members of `layers` at its end.
  func json(_ layers: BenchLayers?) -> String {
    let members = [
      "\"load_s\": \(load.total)", "\"import_s\": \(load.importing)", "\"pack_s\": \(load.packing)",
      "\"first_s\": \(firstSeconds)", "\"times\": \(times)", "\"median_s\": \(median)",
      "\"threads\": \(threads)", "\"isa\": \"\(isa)\"", "\"peak_rss_bytes\": \(peakBytes)",
      "\"arena_bytes\": \(arenaBytes)", "\"gmac\": \(Double(multiplyAdds) / 1e9)",
      "\"gmac_per_s\": \(gigaMultiplyAddsPerSecond)",
    ]
    return "{" + (members + (layers?.jsonMembers ?? [])).joined(separator: ", ") + "}"
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
