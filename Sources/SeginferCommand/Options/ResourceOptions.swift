import ArgumentParser
import Networks
import Platform

/// A number of threads, or all processors.
struct ThreadCount: ExpressibleByArgument {
  var count: Int

  /// As many as this process may run on, of the time that its control group gives it.
  static var allProcessors: ThreadCount { ThreadCount(count: Machine.current.threads) }

  init(count: Int) { self.count = count }

  init?(argument: String) {
    if argument.uppercased() == "ALL_CPUS" {
      self = .allProcessors
    } else if let count = Int(argument), (1...1024).contains(count) {
      self.count = count
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { "ALL_CPUS" }
}

/// Bytes, with K, M, G or T as powers of 1024.
struct ByteCount: ExpressibleByArgument {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    var digits = argument.uppercased()
    if digits.hasSuffix("IB") { digits.removeLast(2) } else if digits.hasSuffix("B") { digits.removeLast() }
    var shift = 0
    if let last = digits.last, let unit = units[last] {
      shift = unit
      digits.removeLast()
    }
    guard let value = Double(digits), value > 0, value < 1e9 else { return nil }
    let bytes = value * Double(1 << shift)
    guard bytes < 1e18 else { return nil }
    self.bytes = Int(bytes)
  }

  var defaultValueDescription: String { "\(bytes >> 20)M" }
}
