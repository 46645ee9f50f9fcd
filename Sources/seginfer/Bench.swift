import ArgumentParser
import Engine
import Graphs
import Kernels
import Platform
import Tensors

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "How fast a model runs: median latency, GMAC/s, peak memory, and with --profile a row per layer.")

  @Argument(help: "Model file; default: the bundled demonstration model.")
  var model: String?
  @OptionGroup var files: ModelFiles
  @Option(help: ArgumentHelp("Input size; default: the model's own, else 512x512.", valueName: "h,w,c"))
  var inputShape: InputShape?
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
    try checks.check(output)
    let start = monotonicSeconds()
    let (plan, feed, file, importSeconds) = try prepare()
    let prepared = monotonicSeconds()
    try requireMemory(plan.sessionBytes(threads: threads.count), file)
    let session = try engine(file) { () throws(EngineError) in try Session(plan, threads: threads.count) }
    let load = BenchReport.Load(
      total: monotonicSeconds() - start, importing: importSeconds, packing: monotonicSeconds() - prepared)
    func once() throws(Failure) -> [Tensor] {
      try engine(file) { () throws(EngineError) in try session.run(feed) }
    }

    let first = monotonicSeconds()
    var result = try once()
    let firstSeconds = monotonicSeconds() - first
    var times: [Double] = []
    session.profiling = profile
    for _ in 0..<runs {
      // The last result makes room for the next.
      result = []
      let begin = monotonicSeconds()
      result = try once()
      times.append(monotonicSeconds() - begin)
    }
    if let output { try Files.write(result[0], to: output) }
    let report = BenchReport(
      load: load, firstSeconds: firstSeconds, times: times, threads: threads.count,
      isa: KernelSet.chosen.isa.rawValue, multiplyAdds: session.plan.multiplyAdds, arenaBytes: session.arenaBytes,
      peakBytes: peakResidentBytes())
    let layers =
      profile ? BenchLayers(session.profile, runs: runs, roofline: Roofline(threads: threads.count)) : nil
    try writeResult(json ? report.json(layers) : report.text)
    if !json, let layers { try writeResult(layers.table) }
  }

  /// The graph and its weights are let go on return: a session packs them layer by layer.
  private func prepare() throws -> (Plan, feed: [String: Tensor], file: String, importSeconds: Double) {
    let loaded =
      try model.map { (path) throws(Failure) in try LoadedModel(path: path, files: files) }
      ?? LoadedModel(bundled: (), files: files)
    let feed = try self.feed(loaded)
    let graph: Graph
    do { graph = try loaded.optimised.specialised(to: feed.mapValues(\.type)) } catch {
      throw Failure(
        .usage, file: loaded.file, at: error.site, error.what,
        hint: inputShape == nil && input == nil
          ? "the model does not take 512x512; give a size that it takes with --input-shape"
          : "the model does not take an input of this shape")
    }
    let plan = try engine(loaded.file) { () throws(EngineError) in try Plan(graph, kernels: .chosen) }
    return (plan, feed, loaded.file, loaded.importSeconds)
  }

  private func feed(_ loaded: LoadedModel) throws(Failure) -> [String: Tensor] {
    var feed: [String: Tensor] = [:]
    let graph = loaded.optimised
    for (position, index) in graph.inputs.enumerated() {
      let node = graph.nodes[index]
      if let input, position == 0 {
        feed[node.name] = try Files.tensor(input)
        continue
      }
      var dims = node.types[0].dims
      if let shape = inputShape, dims.count == 4 { dims = [1, shape.height, shape.width, shape.channels] }
      let known = dims.enumerated().map { $1 ?? ($0 == 0 ? 1 : 512) }
      let count = known.reduce(1.0) { $0 * Double($1) }
      guard count * 4 <= Double(Machine.current.memory.bytes) else {
        throw Failure(
          .limit, at: "--input-shape", "an input of \(known.map(String.init).joined(separator: "x")) exceeds the memory"
        )
      }
      let shape = Shape(known)
      feed[node.name] = Tensor(shape, noise(shape.count))
    }
    return feed
  }
}
