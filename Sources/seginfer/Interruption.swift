import Glibc
import Synchronization

/// A run ended by SIGINT, SIGTERM or SIGHUP.
struct Interruption: Error {
  let signal: Int32

  private static let pending = Atomic<Int32>(0)

  /// From now on the first such signal is only remembered, for `check`; a second one ends the process at once. What the
  /// parent has told this process to ignore, such as SIGHUP under nohup, stays ignored.
  static func watch() {
    _ = pending.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
      Glibc.signal(number) { number in
        if Interruption.pending.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0, let handler = action.__sigaction_handler.sa_handler else {
      return false
    }
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Throws when a signal has come.
  static func check() throws(Interruption) {
    let number = pending.load(ordering: .relaxed)
    if number != 0 { throw Interruption(signal: number) }
  }
}
