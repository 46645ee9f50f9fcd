import Glibc

extension SegmentJob {
  /// A scene is there and reading it cannot block.
  static func checkScene(_ path: String) throws(Failure) {
    if path.hasPrefix("/vsi") { return }
    guard Files.exists(path) else { throw Failure(.inputOutput, file: path, "no such file") }
    guard !Files.isSpecial(path) else { throw Failure(.inputOutput, file: path, "not a regular file") }
  }

  /// No output is an input or another output, and none is in the way of what exists.
  static func checkOutputs(_ options: Segment, mask: String) throws(Failure) {
    let outputs = [mask, options.preview, options.stats].compactMap { $0 }
    let inputs = [options.scene, options.model, options.files.weights, options.files.architecture, options.classes]
    for (position, path) in outputs.enumerated() {
      for input in inputs.compactMap({ $0 }) where Files.areSame(path, input) {
        throw Failure(.usage, file: path, "the output is also an input", hint: "choose another name")
      }
      for other in outputs[..<position] where Files.areSame(path, other) {
        throw Failure(.usage, file: path, "two outputs have this name", hint: "choose another name for one")
      }
      try SegmentJob.checkOutput(path, overwrite: options.overwrite)
    }
  }

  private static func checkOutput(_ path: String, overwrite: Bool) throws(Failure) {
    guard !path.isEmpty else { throw Failure(.usage, "an output needs a name") }
    let directory = stem(path).directory
    guard directory.isEmpty || Files.isDirectory(directory) else {
      throw Failure(
        .usage, file: path, "the directory \(directory) does not exist", hint: "create it, or choose another with -o")
    }
    guard access(directory.isEmpty ? "." : directory, W_OK) == 0 else {
      throw Failure(.inputOutput, file: path, "the directory is not writable")
    }
    guard !Files.isDirectory(path) else { throw Failure(.usage, file: path, "is a directory") }
    guard overwrite || !Files.exists(path) else {
      throw Failure(.usage, file: path, "the output exists", hint: "give --overwrite to replace it")
    }
  }
}
