import Foundation
import Glibc

/// What a finished `seginfer` said.
struct Finished {
  /// The exit code, or 256 plus the signal that killed the process.
  var status: Int32
  var output: String
  var errors: String
  var seconds: Double

  /// The lines of stderr that report an error.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("error: ") } }
}

/// The program could not be run at all.
struct CannotRun: Error, CustomStringConvertible {
  var description: String
}

/// The built program, run as a process of its own.
enum Program {
  /// `seginfer` in the directory of the test bundle or above it, where SwiftPM builds both.
  static func path() throws -> String {
    var directory = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    var tried: [String] = []
    if !directory.path.contains("/.build") { directory = URL(filePath: CommandLine.arguments[0]) }
    for _ in 0..<4 {
      directory.deleteLastPathComponent()
      let candidate = directory.appending(path: "seginfer").path
      tried.append(candidate)
      var status = stat()
      if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return candidate }
    }
    throw CannotRun(description: "the program is not built: none of \(tried)")
  }

  /// Runs it in a directory.
  /// - Parameters:
  ///   - environment: added to a fixed one.
  ///   - signal: sent once `isReady` says so, and if `twice` again a moment later.
  ///   - ignoring: signals that it is told to ignore, as by nohup, without `SIG`.
  ///   - closing: descriptors that are closed for it.
  ///   - watcher: a program that runs it, with its own arguments.
  static func run(
    _ arguments: [String], in directory: String, environment: [String: String] = [:], signal: Int32? = nil,
    twice: Bool = false, when isReady: () -> Bool = { true }, ignoring: [String] = [], closing: [Int32] = [],
    watcher: [String] = []
  ) throws -> Finished {
    let logs = FileManager.default.temporaryDirectory.appending(path: "command-\(UUID().uuidString)").path
    defer { for name in [".out", ".err"] { unlink(logs + name) } }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, logs + ".out", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, logs + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    for descriptor in closing { posix_spawn_file_actions_addclose(&actions, descriptor) }

    // Children inherit ignored signals from a shell's background, and blocked ones from the threads that run tests.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigfillset(&defaults)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var blocked = sigset_t()
    sigemptyset(&blocked)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    // env changes the directory and becomes the program.
    let launcher = "/usr/bin/env"
    let sanitizer = ["ASAN_OPTIONS", "LSAN_OPTIONS"].compactMap { (name: String) in
      getenv(name).map { "\(name)=\(String(cString: $0))" }
    }
    let variables = ["PATH=/usr/bin:/bin", "LC_ALL=C"] + sanitizer + environment.map { "\($0)=\($1)" }
    let argv =
      ([launcher, "-C", directory] + ignoring.map { "--ignore-signal=" + $0 } + watcher + [try path()] + arguments).map
    {
      strdup($0)
    } + [nil]
    let envp = variables.map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }

    let start = ContinuousClock.now
    var process = pid_t()
    let failure = posix_spawn(&process, launcher, &actions, &attributes, argv, envp)
    guard failure == 0 else { throw CannotRun(description: "\(launcher): \(String(cString: strerror(failure)))") }
    if let signal {
      var polls = 0
      while !isReady() && polls < 2000 && kill(process, 0) == 0 {
        usleep(5000)
        polls += 1
      }
      kill(process, signal)
      if twice {
        usleep(1000)
        kill(process, signal)
      }
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let elapsed = (ContinuousClock.now - start).components
    let ending = status & 0x7f
    return Finished(
      status: ending == 0 ? (status >> 8) & 0xff : 256 + ending, output: text(logs + ".out"),
      errors: text(logs + ".err"), seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
