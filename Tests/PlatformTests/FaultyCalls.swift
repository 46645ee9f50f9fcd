import Foundation
import Glibc
import Platform
import Synchronization

/// What goes wrong with one call.
enum Fault: CaseIterable {
  /// A write takes half of what it is given.
  case short
  case interrupted, full, broken

  var number: Int32? {
    switch self {
    case .short: nil
    case .interrupted: EINTR
    case .full: ENOSPC
    case .broken: EIO
    }
  }
}

/// The system's calls, of which the n-th of one kind goes wrong.
final class Faults: Sendable {
  enum Call: CaseIterable { case open, write, synchronise, close, rename, unlink }

  private let wanted: (call: Call, number: Int, fault: Fault)?
  private let counts = Mutex<[Call: Int]>([:])

  init(_ wanted: (call: Call, number: Int, fault: Fault)?) { self.wanted = wanted }

  func count(_ call: Call) -> Int { counts.withLock { $0[call] ?? 0 } }

  /// The fault of this call, which is counted.
  private func fault(_ call: Call) -> Fault? {
    let number = counts.withLock { counts in
      counts[call, default: 0] += 1
      return counts[call]
    }
    guard let wanted, wanted.call == call, wanted.number == number else { return nil }
    return wanted.fault
  }

  private func failing(_ call: Call, _ body: () -> Int32) -> Int32 {
    guard let number = fault(call)?.number else { return body() }
    // The descriptor is gone also where closing it fails.
    if call == .close { _ = body() }
    errno = number
    return -1
  }

  var calls: FileCalls {
    let system = FileCalls.system
    var calls = system
    calls.open = { path, flags, mode in self.failing(.open) { system.open(path, flags, mode) } }
    calls.write = { descriptor, bytes, count in
      guard let fault = self.fault(.write) else { return system.write(descriptor, bytes, count) }
      guard let number = fault.number else { return system.write(descriptor, bytes, max(count / 2, 1)) }
      errno = number
      return -1
    }
    calls.synchronise = { descriptor in self.failing(.synchronise) { system.synchronise(descriptor) } }
    calls.close = { descriptor in self.failing(.close) { system.close(descriptor) } }
    calls.rename = { old, new in self.failing(.rename) { system.rename(old, new) } }
    calls.unlink = { path in self.failing(.unlink) { system.unlink(path) } }
    return calls
  }
}
