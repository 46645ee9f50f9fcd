import Diagnostics
import ArgumentParser
import Engine
import Graphs
import Tensors

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
  @OptionGroup var files: ModelFiles
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
    let found =
      try data.map { (data) throws(Failure) in [try VerifyCase(model: cases[0], data: data, files: files)] }
      ?? caseDirectories().map { (path) throws(Failure) in try VerifyCase(directory: path) }
    for item in found {
      for set in try item.dataSets() {
        for result in try check(item, set) {
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
  private func caseDirectories() throws(Failure) -> [String] {
    guard cases.count > 1 else { return cases }
    var found: [String] = []
    for path in cases {
      let holdsCase = try VerifyCase.holdsCase(path)
      if Files.exists(path) && !holdsCase {
        common.log("passed over: \(path) holds no case")
      } else {
        found.append(path)
      }
    }
    return found
  }

  /// Where sizes depend on inputs, the model is read for those of the data set.
  private func check(_ item: VerifyCase, _ set: VerifyCase.DataSet) throws -> [VerifyResult] {
    do {
      return try check(item.load(precision: files.precision, optimise: !noOptimize), set)
    } catch let failure as Failure where failure.status == .unsupported {
      guard let (loaded, feed) = try? item.load(for: set, precision: files.precision, optimise: !noOptimize) else {
        throw failure
      }
      return try check(loaded, set, feed)
    }
  }

  private func check(
    _ loaded: LoadedModel, _ set: VerifyCase.DataSet, _ feed: [String: Tensor]? = nil
  ) throws -> [VerifyResult] {
    let graph = loaded.optimised
    let feed = try feed ?? set.feed(graph)
    let runner = ModelRunner(graph: graph, file: loaded.file, threads: threads.count, reference: reference)
    let results = try runner.run(feed)
    return try zip(results, set.outputs).enumerated().map { position, pair in
      let expected = try Files.tensor(pair.1)
      return VerifyResult(
        file: pair.1, name: graph.outputs[position].name, result: pair.0, expected: expected, rtol: rtol, atol: atol)
    }
  }
}

/// What one output's comparison says.
struct VerifyResult {
  let file: String
  let name: String
  let passed: Bool
  private let detail: String
  private let comparison: Comparison?

  init(file: String, name: String, result: Tensor, expected: Tensor, rtol: Float, atol: Float) {
    (self.file, self.name) = (file, name)
    guard result.type == expected.type, let result = result.asFloats, let expected = expected.asFloats else {
      comparison = nil
      passed = result == expected
      detail = passed ? "equal" : "got \(result.type), expected \(expected.type)"
      return
    }
    if !result.floats.areFinite, result == expected {
      (comparison, passed, detail) = (nil, true, "equal")
      return
    }
    let scale = expected.floats.reduce(Float(0)) { $1.isFinite ? max($0, abs($1)) : $0 }
    let c = Comparison(result, against: expected, rtol: 0, atol: atol + rtol * scale)
    comparison = c
    passed = c.beyond == 0 && c.classFlips == 0
    detail =
      "max \(c.maximum) mean \(Float(c.mean)) p99.9 \(c.percentile999) of largest \(c.referenceMaximum), worst at \(c.worstIndex), "
      + "\(c.beyond) of \(c.count) beyond tolerance, \(c.classFlips) class flips"
  }

  var text: String { "\(passed ? "ok" : "DIFFERS") \(escaped(file)) \(escaped(name)): \(detail)" }

  var json: String {
    var fields = ["\"file\": \(jsonQuoted(file))", "\"output\": \(jsonQuoted(name))", "\"passed\": \(passed)"]
    if let c = comparison {
      fields += [
        "\"max\": \(jsonNumber(Double(c.maximum)))", "\"mean\": \(jsonNumber(c.mean))",
        "\"p99.9\": \(jsonNumber(Double(c.percentile999)))", "\"worst\": \(c.worstIndex)", "\"beyond\": \(c.beyond)",
        "\"count\": \(c.count)", "\"class_flips\": \(c.classFlips)",
      ]
    } else {
      fields.append("\"detail\": \(jsonQuoted(detail))")
    }
    return "{" + fields.joined(separator: ", ") + "}"
  }
}

extension Tensor {
  /// A tensor of floats in single precision; nil for one of integers or bools.
  fileprivate var asFloats: Tensor? {
    switch elements {
    case .float32: self
    case .float64(let values): Tensor(shape, values.map { Float($0) })
    default: nil
    }
  }
}
