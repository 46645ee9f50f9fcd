import FoundationEssentials
import Glibc
import TestSupport

/// Loads mutated model files, and ends with 1 when one of them does harm: an error of a wrong kind, a hang, too much memory.
/// A crash ends the process; `--progress` names the file that then holds the number of the case.
///
///   ModelFuzz FOLDER [--cases N] [--seed S] [--first I] [--progress FILE]
///
/// The same seed makes the same cases. FOLDER is searched for .keras, .h5 and .onnx files.
@main
struct ModelFuzz {
  // What it holds is gone before the process ends, so that AddressSanitizer finds what was lost, and nothing else.
  static func main() { exit(run()) }

  private static func run() -> Int32 {
    guard let options = Options(CommandLine.arguments.dropFirst()) else {
      print("usage: ModelFuzz FOLDER [--cases N] [--seed S] [--first I] [--progress FILE]")
      return 2
    }
    let models = options.models()
    guard !models.isEmpty else {
      print("error: \(options.folder): holds no small models")
      return 2
    }
    var (tally, failures): ([String: Int], Int) = ([:], 0)
    for number in options.first..<options.first + options.cases {
      options.note(number)
      var numbers = SeededNumbers(options.seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
      let mutant = Mutant(of: models, &numbers)
      alarm(Limits.seconds)
      let verdict = Verdict(mutant)
      alarm(0)
      tally[verdict.outcome, default: 0] += 1
      guard let complaint = verdict.complaint else { continue }
      failures += 1
      print("error: case \(number) of seed \(options.seed), \(mutant.name): \(complaint)")
    }
    let counts = tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print("\(options.cases) mutated models of \(models.count): \(counts); at most \(peakBytes() >> 20) MiB")
    if peakBytes() > Limits.bytes {
      print("error: more than \(Limits.bytes >> 20) MiB were in use")
      failures += 1
    }
    return failures == 0 ? 0 : 1
  }
}

/// What a mutated file of a few kilobytes may take. A case that takes longer ends the process by SIGALRM.
enum Limits {
  static let seconds: UInt32 = 20
  static let bytes = 512 << 20
  /// Larger models are mutated in vain: nearly all of their bytes are weights.
  static let modelBytes = 200_000
}

/// The most memory that the process has had at a time.
func peakBytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}

/// A model before it is mutated.
struct Model {
  let name: String
  let bytes: [UInt8]
  let seals: Seals

  init(name: String, bytes: [UInt8]) { (self.name, self.bytes, seals) = (name, bytes, Seals(bytes)) }
}

/// What the command line says.
struct Options {
  let folder: String
  private(set) var cases = 10_000, seed: UInt64 = 1, first = 0
  private var progress: Int32 = -1

  init?(_ arguments: ArraySlice<String>) {
    guard let folder = arguments.first, !folder.hasPrefix("-") else { return nil }
    self.folder = folder
    var rest = arguments.dropFirst()
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { return nil }
      switch (name, Int(value)) {
      case ("--cases", let count?) where count > 0: cases = count
      case ("--first", let count?) where count >= 0: first = count
      case ("--seed", let count?) where count >= 0: seed = UInt64(count)
      case ("--progress", _): progress = open(value, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
      default: return nil
      }
    }
  }

  /// Leaves the number of the case that comes next where it can be found after a crash.
  func note(_ number: Int) {
    guard progress >= 0 else { return }
    let text = Array("\(number)\n".utf8)
    _ = pwrite(progress, text, text.count, 0)
  }

  /// The models below the folder, in the order of their names.
  func models() -> [Model] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    return names.sorted().filter { [".keras", ".h5", ".onnx"].contains(where: $0.hasSuffix) }.compactMap { name in
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return nil }
      return (64...Limits.modelBytes).contains(data.count) ? Model(name: name, bytes: Array(data)) : nil
    }
  }
}
