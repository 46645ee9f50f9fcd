package import ArgumentParser
import Glibc
import Kernels
import Networks
import Platform

/// The program.
package struct SegInfer: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "seginfer",
    abstract: "Runs trained segmentation networks over whole orthophotos, on a CPU.",
    discussion:
      "Without a subcommand: segment. `seginfer ortho.tif` writes ortho.seg.tif with the bundled demonstration model.",
    version: "0.1.0",
    subcommands: [Segment.self, Info.self, Convert.self, Run.self, Verify.self, Bench.self],
    defaultSubcommand: Segment.self)

  package init() {}

  /// Parses, runs and turns every error into one line and an exit code.
  package static func main() {
    reserveStandardDescriptors()
    Allocator.limitCaches()
    signal(SIGPIPE, SIG_IGN)
    // A write beyond the limit on a file's size then fails like any other.
    signal(SIGXFSZ, SIG_IGN)
    Interruption.prepare()
    do {
      var command = try parseAsRoot()
      // Help needs no kernels.
      if configuration.subcommands.contains(where: { $0 == type(of: command) }) { try checkInstructionSet() }
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
        do throws(Failure) { try writeResult(text) } catch {
          note(error.line)
          Glibc.exit(error.status.rawValue)
        }
        Glibc.exit(ExitStatus.ok.rawValue)
      }
      var line = message(for: error).split(separator: "\n").joined(separator: "; ")
      if line.hasSuffix(".") { line.removeLast() }
      note("error: \(escaped(line)); see 'seginfer --help'")
      Glibc.exit(ExitStatus.usage.rawValue)
    }
  }

  /// Before any work: every command may run a model.
  private static func checkInstructionSet() throws(Failure) {
    do throws(KernelError) { _ = try KernelSet.asked.get() } catch {
      throw Failure(.usage, at: "SEGINFER_ISA", error.what, hint: error.remedy?.text)
    }
  }

  /// A file opened while stdin, stdout or stderr is closed would take its number, and what is printed would go there.
  private static func reserveStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDWR)
    }
  }
}
