import Dispatch
import Engine
import Glibc
import Kernels
import Platform

/// What the processor can do at most, measured on several cores at once (Williams, Waterman, Patterson 2009).
struct Roofline {
  /// Float32 operations in registers, a multiply-add being two.
  let gigaflops: Double
  /// Bytes read and written by copying arrays that no cache holds.
  let gigabytesPerSecond: Double

  /// Takes about half a second.
  init(threads: Int, kernels: KernelSet) {
    let cores = min(threads, Machine.current.threads)
    gigaflops = Self.best(cores) { _ in kernels.peak(seconds: 0.02) }
    let copies = (0..<cores).map { _ in Copy(size: 64 << 20) }
    gigabytesPerSecond = Self.best(cores) { copies[$0].rate(times: 4) }
  }

  /// The least seconds for this much work, and which roof sets them.
  func bound(flops: Double, bytes: Double) -> (seconds: Double, roof: String) {
    let compute = flops / 1e9 / gigaflops, memory = bytes / 1e9 / gigabytesPerSecond
    return compute >= memory ? (compute, "compute") : (memory, "memory")
  }

  /// The best of ten rounds in which all cores work at the same time: the sum of their rates.
  private static func best(_ cores: Int, _ rate: @Sendable (_ core: Int) -> Double) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: cores) { rates in
      nonisolated(unsafe) let rates = rates  // each iteration writes its own element
      var most = 0.0
      for _ in 0..<10 {
        DispatchQueue.concurrentPerform(iterations: cores) { rates[$0] = rate($0) }
        most = max(most, rates.reduce(0, +))
      }
      return most
    }
  }
}

/// An array and room for its copy.
///
/// `@unchecked Sendable`: one core at a time uses it.
private final class Copy: @unchecked Sendable {
  private let size: Int
  private let from: UnsafeMutableRawPointer, to: UnsafeMutableRawPointer

  init(size: Int) {
    self.size = size
    from = .allocate(byteCount: size, alignment: 64)
    to = .allocate(byteCount: size, alignment: 64)
    memset(from, 1, size)
    memset(to, 1, size)
  }

  deinit {
    from.deallocate()
    to.deallocate()
  }

  /// Bytes read and written a second, in GB/s: the best of so many copies.
  func rate(times: Int) -> Double {
    var best = 0.0
    for _ in 0..<times {
      let start = monotonicSeconds()
      memcpy(to, from, size)
      best = max(best, Double(2 * size) / 1e9 / (monotonicSeconds() - start))
    }
    return best
  }
}
