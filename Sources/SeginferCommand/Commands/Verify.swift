import ArgumentParser
import Networks

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare a model's outputs with reference fixtures.",
    discussion: """
      A case is a directory with model.{keras,h5,onnx} and test_data_set_*/{input_N,output_N}.{npy,pb}; an optional case.json names other \
      model, weights or architecture files. Exit code 1 when anything differs; of several arguments those that are no case are \
      passed over.
      """)

  @Argument(help: ArgumentHelp("Case directories, or one model with --data.", valueName: "case-dir"))
  var cases: [String]
  @Option(help: ArgumentHelp("Data sets for a model given as the argument.", valueName: "dir"))
  var data: String?
  @Option(help: "Relative tolerance, of the largest reference value.")
  var rtol: Float = 1e-4
  @Option(help: "Absolute tolerance.")
  var atol: Float = 1e-5
  @OptionGroup var files: ModelOptions
  @Flag(name: .customLong("no-optimize"), help: "Run the graph as imported.")
  var noOptimize = false
  @Flag(help: "Use the plain definitions instead of kernels.")
  var reference = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Threads, or ALL_CPUS.", valueName: "n"))
  var threads: ThreadCount = .allProcessors
  @Flag(help: "Print one JSON object per output.")
  var json = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    try files.precision.validate(reference: reference)
    for (name, value) in [("--rtol", rtol), ("--atol", atol)] where !(value >= 0 && value.isFinite) {
      throw ValidationError("\(name) must be a number from 0")
    }
    if data == nil, files.completesModel {
      throw ValidationError("options about a model's files go with --data; a case names its own in case.json")
    }
  }

  func run() throws {
    var failures = 0
    var outputs = 0
    let found = try worded { () throws(Fault) in
      guard let data else {
        return try caseDirectories().map { (path) throws(Fault) in try VerificationCase(directory: path) }
      }
      return [try VerificationCase(model: cases[0], data: data, options: files.options())]
    }
    for item in found {
      for set in try worded({ () throws(Fault) in try item.dataSets() }) {
        let results = try worded { () throws(Fault) in
          try item.compare(
            set, rtol: rtol, atol: atol, precision: files.precision.value, isOptimised: !noOptimize,
            isReference: reference, threads: threads.count)
        }
        for result in results {
          outputs += 1
          if !result.passed { failures += 1 }
          try writeResult(json ? result.json : result.text)
        }
      }
    }
    guard outputs > 0 else { throw Failure(.usage, "no test_data_set_* with outputs was found") }
    if failures > 0 { throw Failure(.differs, "\(failures) of \(outputs) outputs differ") }
    common.log("\(outputs) outputs agree")
  }

  /// The arguments; of several, as from `Fixtures/*/*`, those that exist and are no case are passed over with a note.
  private func caseDirectories() throws(Fault) -> [String] {
    guard cases.count > 1 else { return cases }
    var found: [String] = []
    for path in cases {
      let holdsCase = try VerificationCase.holdsCase(path)
      if Files.exists(path) && !holdsCase {
        common.log("passed over: \(path) holds no case")
      } else {
        found.append(path)
      }
    }
    return found
  }
}
