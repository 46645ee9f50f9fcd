import ArgumentParser
import Glibc

@main
struct SegInfer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seginfer",
    abstract: "Runs trained segmentation networks over whole orthophotos, on a CPU.",
    discussion:
      "Without a subcommand: segment. `seginfer ortho.tif` writes ortho.seg.tif with the bundled demonstration model.",
    version: "0.1.0",
    subcommands: [Segment.self, Info.self, Run.self, Verify.self, Bench.self],
    defaultSubcommand: Segment.self)

  /// Parses, runs and turns every error into one line and an exit code.
  static func main() {
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      note(failure.line)
      Glibc.exit(failure.status.rawValue)
    } catch let interruption as Interruption {
      note("error: interrupted; nothing was written under the final name")
      Glibc.exit(128 + interruption.signal)
    } catch {
      let text = fullMessage(for: error)
      if exitCode(for: error) == .success {
        print(text)
        Glibc.exit(ExitStatus.ok.rawValue)
      }
      note("error: \(message(for: error).split(separator: "\n").joined(separator: "; ")); see 'seginfer --help'")
      Glibc.exit(ExitStatus.usage.rawValue)
    }
  }
}
