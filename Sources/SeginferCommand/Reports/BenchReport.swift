import Diagnostics
import Networks

/// What `bench` prints.
struct BenchReport {
  private let benchmark: Benchmark
  private let peakBytes: Int

  init(_ benchmark: Benchmark, peakBytes: Int) { (self.benchmark, self.peakBytes) = (benchmark, peakBytes) }

  var text: String {
    let (median, times) = (benchmark.medianSeconds, benchmark.seconds)
    return """
      median \(milliseconds(median)) ms of \(times.count) runs (\(milliseconds(times.min() ?? 0)) to \(milliseconds(times.max() ?? 0))), \
      first \(milliseconds(benchmark.firstSeconds)) ms, load \(milliseconds(benchmark.loadSeconds)) ms \
      (read \(milliseconds(benchmark.importSeconds)), packed \(milliseconds(benchmark.packSeconds)))
      \(decimal(Double(benchmark.multiplyAdds) / 1e9, 2)) GMAC, \(decimal(benchmark.gigaMultiplyAddsPerSecond, 1)) GMAC/s, \
      \(benchmark.threads) threads, \(benchmark.instructionSet)
      peak memory \(mebibytes(peakBytes)), of it rings and scratch \(mebibytes(benchmark.arenaBytes))
      """
  }

  /// One object on one line, with the members of a profile at its end.
  var json: String {
    jsonObject(
      [
        ("load_s", "\(benchmark.loadSeconds)"), ("import_s", "\(benchmark.importSeconds)"),
        ("pack_s", "\(benchmark.packSeconds)"), ("first_s", "\(benchmark.firstSeconds)"),
        ("times", jsonList(benchmark.seconds) { "\($0)" }), ("median_s", "\(benchmark.medianSeconds)"),
        ("threads", "\(benchmark.threads)"), ("isa", jsonQuoted(benchmark.instructionSet)),
        ("peak_rss_bytes", "\(peakBytes)"), ("arena_bytes", "\(benchmark.arenaBytes)"),
        ("gmac", "\(Double(benchmark.multiplyAdds) / 1e9)"), ("gmac_per_s", "\(benchmark.gigaMultiplyAddsPerSecond)"),
      ] + (benchmark.layers?.jsonMembers ?? []))
  }

  private func milliseconds(_ seconds: Double) -> String { decimal(seconds * 1e3, 1) }
}
