import CKernels

extension KernelSet {
  /// Multiply-add throughput of the calling core between registers, in GFLOP/s of float32: the best of the bursts that
  /// fit into `seconds`.
  package func peak(seconds: Double) -> Double {
    let clock = ContinuousClock(), end = clock.now + .seconds(seconds)
    var best = 0.0
    repeat {
      let start = clock.now
      let operations = table.pointee.burst(200_000)
      best = max(best, Double(operations) / 1e9 / ((clock.now - start) / .seconds(1)))
    } while clock.now < end
    return best
  }
}
