import Glibc
import Platform
import Synchronization

/// A run ended by SIGINT, SIGTERM or SIGHUP.
struct Interruption: Error {
  let signal: Int32

  private static let pending = Atomic<Int32>(0)
  /// Whether a first signal is only remembered.
  private static let isWatched = Atomic<Bool>(false)

  /// From now on such a signal ends the process at once, and what it has not finished writing is removed. What the parent has told this
  /// process to ignore, such as SIGHUP under nohup, stays ignored.
  static func prepare() {
    // What a handler uses must have been used before.
    _ = (pending.load(ordering: .relaxed), isWatched.load(ordering: .relaxed))
    UnfinishedFiles.unlinkAll()
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
      Glibc.signal(number) { number in
        let isFirst = Interruption.pending.exchange(number, ordering: .relaxed) == 0
        if isFirst && Interruption.isWatched.load(ordering: .relaxed) { return }
        UnfinishedFiles.unlinkAll()
        _exit(128 + number)
      }
    }
  }

  /// From now on the first signal is only remembered, for `check`; a second one ends the process at once.
  static func watch() { isWatched.store(true, ordering: .relaxed) }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0, let handler = action.__sigaction_handler.sa_handler else {
      return false
    }
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Whether a signal has come.
  static var isPending: Bool { pending.load(ordering: .relaxed) != 0 }

  /// Throws when a signal has come.
  static func check() throws(Interruption) {
    let number = pending.load(ordering: .relaxed)
    if number != 0 { throw Interruption(signal: number) }
  }
}
