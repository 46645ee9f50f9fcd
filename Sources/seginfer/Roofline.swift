import Dispatch
import Engine
import Glibc
import Kernels

/// What the processor can do at most, measured on several cores at once (Williams, Waterman, Patterson 2009).
struct Roofline {
  /// Float32 operations in registers, a multiply-add being two.
  let gigaflops: Double
  /// Bytes read and written by copying arrays that no cache holds.
  let gigabytesPerSecond: Double

  /// Takes about half a second.
  init(threads: Int) {
    let cores = min(threads, ThreadCount.allProcessors.count)
    gigaflops = Self.total(cores) { KernelSet.current.peak(seconds: 0.2) }
    gigabytesPerSecond = Self.total(cores) { Self.copyRate(seconds: 0.2) }
  }

  /// The least seconds for this much work, and which roof sets them.
  func bound(flops: Double, bytes: Double) -> (seconds: Double, roof: String) {
    let compute = flops / 1e9 / gigaflops, memory = bytes / 1e9 / gigabytesPerSecond
    return compute >= memory ? (compute, "compute") : (memory, "memory")
  }

  private static func total(_ cores: Int, _ rate: @Sendable () -> Double) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: cores) { rates in
      nonisolated(unsafe) let rates = rates  // each iteration writes its own element
      DispatchQueue.concurrentPerform(iterations: cores) { rates[$0] = rate() }
      return rates.reduce(0, +)
    }
  }

  /// The best of the copies that fit into `seconds`, in GB/s.
  private static func copyRate(seconds: Double) -> Double {
    let size = 64 << 20
    let from = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    let to = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    defer {
      from.deallocate()
      to.deallocate()
    }
    memset(from, 1, size)
    memset(to, 1, size)
    let end = monotonicSeconds() + seconds
    var best = 0.0
    repeat {
      let start = monotonicSeconds()
      memcpy(to, from, size)
      best = max(best, 2 * Double(size) / 1e9 / (monotonicSeconds() - start))
    } while monotonicSeconds() < end
    return best
  }
}
