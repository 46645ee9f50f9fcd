import Glibc
import Synchronization

/// A run ended by SIGINT, SIGTERM or SIGHUP.
struct Interruption: Error {
  let signal: Int32

  private static let pending = Atomic<Int32>(0)
  /// Address of a list of C strings that ends with a null and lives as long as the process; 0 for none.
  private static let unfinished = Atomic<UInt>(0)

  /// From now on the first such signal is only remembered, for `check`; a second one ends the process at once. What the
  /// parent has told this process to ignore, such as SIGHUP under nohup, stays ignored.
  static func watch() {
    _ = pending.load(ordering: .relaxed)
    _ = unfinished.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
      Glibc.signal(number) { number in
        if Interruption.pending.exchange(number, ordering: .relaxed) != 0 { Interruption.end(128 + number) }
      }
    }
  }

  /// The files that a second signal removes.
  static func remove(_ paths: [String]) {
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: paths.count + 1)
    for (index, path) in paths.enumerated() { (list + index).initialize(to: strdup(path)) }
    (list + paths.count).initialize(to: nil)
    unfinished.store(UInt(bitPattern: list), ordering: .releasing)
  }

  /// Calls only what a signal handler may call.
  private static func end(_ status: Int32) -> Never {
    typealias List = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    if var path = List(bitPattern: unfinished.load(ordering: .acquiring)) {
      while let name = path.pointee {
        unlink(name)
        path += 1
      }
    }
    _exit(status)
  }

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
