import Glibc
import Platform

/// The files that a command is asked to write, looked at before any work.
package struct OutputChecks {
  /// What the command reads; an output is none of these.
  package var inputs: [String?]
  /// Whether existing files may be replaced.
  package var overwrite: Bool
  /// What it is when the directory of an output is not there.
  package var missingDirectory = Fault.Kind.inputOutput
  private var seen: [String] = []

  package init(inputs: [String?], overwrite: Bool = true) { (self.inputs, self.overwrite) = (inputs, overwrite) }

  /// Refuses what cannot be a new file: a name that is none or too long, with the endings of files that come with it; a place that is
  /// missing, closed or taken; an input; an output that was checked before. A pipe or a device may stand there where `takesStreams`.
  package mutating func check(_ path: String?, suffixes: [String] = [], takesStreams: Bool = true) throws(Fault) {
    guard let path else { return }
    guard !path.isEmpty else { throw Fault(.usage, "an output needs a name") }
    for input in inputs.compactMap({ $0 }) where Files.areSame(path, input) {
      throw Fault(.usage, file: path, "the output is also an input", hint: "choose another name")
    }
    let isStream = takesStreams && Files.isSpecial(path)
    for other in seen where !isStream && Files.areSame(path, other) {
      throw Fault(.usage, file: path, "two outputs have this name", hint: "choose another name for one")
    }
    seen += [path] + suffixes.map { path + $0 }
    if !isStream { try checkPlace(path, suffixes) }
  }

  private func checkPlace(_ path: String, _ suffixes: [String]) throws(Fault) {
    let directory = FileName(path).directory
    guard directory.isEmpty || Files.isDirectory(directory) else {
      throw Fault(
        missingDirectory, file: path, "cannot be written: the directory \(directory) does not exist",
        hint: "create it, or choose another name")
    }
    guard !Files.isDirectory(path) else { throw Fault(.usage, file: path, "is a directory") }
    do throws(WriteError) { try FileName(path).check(suffixes: suffixes) } catch { throw Fault(error) }
    guard access(directory.isEmpty ? "." : directory, W_OK) == 0 else {
      throw Fault(.inputOutput, file: path, "the directory is not writable")
    }
    guard overwrite || !Files.exists(path) else {
      throw Fault(.usage, file: path, "the output exists", remedy: .replaceExisting)
    }
  }
}
