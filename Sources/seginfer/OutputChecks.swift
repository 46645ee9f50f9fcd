import Glibc
import Platform
import Rasters

/// The files that a command is asked to write, looked at before any work.
struct OutputChecks {
  /// What the command reads; an output is none of these.
  var inputs: [String?]
  /// Whether existing files may be replaced.
  var overwrite: Bool
  /// What it is when the directory of an output is not there.
  var missingDirectory = ExitStatus.inputOutput
  private var seen: [String] = []

  init(inputs: [String?], overwrite: Bool = true) { (self.inputs, self.overwrite) = (inputs, overwrite) }

  /// Refuses what cannot be a new file: a name that is none or too long, with the endings of files that come with it; a place that is
  /// missing, closed or taken; an input; an output that was checked before. A pipe or a device may stand there where `takesStreams`.
  mutating func check(_ path: String?, suffixes: [String] = [], takesStreams: Bool = true) throws(Failure) {
    guard let path else { return }
    guard !path.isEmpty else { throw Failure(.usage, "an output needs a name") }
    for input in inputs.compactMap({ $0 }) where Files.areSame(path, input) {
      throw Failure(.usage, file: path, "the output is also an input", hint: "choose another name")
    }
    let isStream = takesStreams && Files.isSpecial(path)
    for other in seen where !isStream && Files.areSame(path, other) {
      throw Failure(.usage, file: path, "two outputs have this name", hint: "choose another name for one")
    }
    seen += [path] + suffixes.map { path + $0 }
    if !isStream { try checkPlace(path, suffixes) }
  }

  private func checkPlace(_ path: String, _ suffixes: [String]) throws(Failure) {
    let directory = FileName(path).directory
    guard directory.isEmpty || Files.isDirectory(directory) else {
      throw Failure(
        missingDirectory, file: path, "cannot be written: the directory \(directory) does not exist",
        hint: "create it, or choose another name")
    }
    guard !Files.isDirectory(path) else { throw Failure(.usage, file: path, "is a directory") }
    do throws(WriteError) { try FileName(path).check(suffixes: suffixes) } catch { throw Failure(error) }
    guard access(directory.isEmpty ? "." : directory, W_OK) == 0 else {
      throw Failure(.inputOutput, file: path, "the directory is not writable")
    }
    guard overwrite || !Files.exists(path) else {
      throw Failure(.usage, file: path, "the output exists", hint: "give --overwrite to replace it")
    }
  }
}

extension SegmentJob {
  /// No output is an input or another output, none is in the way of what exists, and each can have its name.
  static func checkOutputs(_ options: Segment, _ scene: DatasetName, mask: String) throws(Failure) {
    var checks = OutputChecks(
      inputs: [options.scene, options.classes] + options.files.paths(options.model) + scene.files,
      overwrite: options.overwrite)
    checks.missingDirectory = .usage
    try checks.check(mask, suffixes: MaskWriter.companionSuffixes, takesStreams: false)
    try checks.check(options.preview, takesStreams: false)
    try checks.check(options.stats)
  }
}
