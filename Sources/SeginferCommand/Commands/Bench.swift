import ArgumentParser
import Networks
import Platform

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How fast a model runs: median latency, GMAC/s, peak memory, and with --profile a row per layer.")

  @Argument(help: "Model file; default: the bundled demonstration model.")
  var model: String?
  @OptionGroup var files: ModelOptions
  @Option(
    help: ArgumentHelp(
      "Sizes of the input, in the order of the axes that the model declares: h,w,c, or c,h,w of ONNX; also with the batch in front. Default: the model's own, else 512x512.",
      valueName: "h,w,c"))
  var inputShape: ImageShape?
  @Option(help: ArgumentHelp("Input values; default: noise.", valueName: "x.npy"))
  var input: String?
  @Option(help: ArgumentHelp("Write the output of the last run.", valueName: "y.npy"))
  var output: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("Threads, or ALL_CPUS.", valueName: "n"))
  var threads: ThreadCount = .allProcessors
  @Option(help: "Timed runs.")
  var runs: Int = 5
  @Flag(help: "Add a row per layer: time, GMAC/s, bytes moved, share of the measured peak and of its bound, kernel.")
  var profile = false
  @Flag(help: "Print one line of JSON.")
  var json = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if !(1...10_000).contains(runs) { throw ValidationError("--runs must be from 1 to 10000") }
  }

  func run() throws {
    var checks = OutputChecks(inputs: files.paths(model) + [input])
    let benchmark = try worded { () throws(Fault) in
      try checks.check(output)
      var feed: Tensor?
      if let input { feed = try Tensor(contentsOf: input) }
      return try Benchmark(
        reading: { () throws(Fault) in
          guard let model else { return try Network.bundled(options: files.options()) }
          return try Network(contentsOf: model, options: files.options())
        }, feed: feed, sizes: inputShape?.sizes, threads: threads.count, runs: runs, isProfiled: profile)
    }
    if let output { try worded { () throws(Fault) in try benchmark.firstOutput.write(to: output) } }
    let report = BenchReport(benchmark, peakBytes: Allocator.peakResidentBytes())
    try writeResult(json ? report.json : report.text)
    if !json, let layers = benchmark.layers { try writeResult(layers.table) }
  }
}
