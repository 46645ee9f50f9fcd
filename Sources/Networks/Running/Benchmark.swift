import Engine
import Graphs
import Kernels
import Platform
public import Tensors

/// How fast a network runs.
public struct Benchmark: Sendable {
  /// Seconds until the first run could begin: all, the file read and imported, weights packed. The optimiser has nearly all of the rest.
  public let loadSeconds: Double, importSeconds: Double, packSeconds: Double
  /// Seconds of the first run, and of each that was timed.
  public let firstSeconds: Double, seconds: [Double]
  /// How many threads computed.
  public let threads: Int
  /// The instruction set of the kernels.
  public let instructionSet: String
  /// Multiply-adds of a run, by the definitions of the layers.
  public let multiplyAdds: Int
  /// Bytes of rings and scratch memory.
  public let arenaBytes: Int
  /// The first output of the last run.
  public let firstOutput: Tensor
  package let layers: BenchLayers?

  /// The median of `seconds`.
  public var medianSeconds: Double {
    let sorted = seconds.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// Multiply-adds a second, in 10^9.
  public var gigaMultiplyAddsPerSecond: Double { Double(multiplyAdds) / 1e9 / medianSeconds }

  /// Reads a network and times it.
  ///
  /// - Parameters:
  ///   - reading: makes the network, which nobody should keep: its weights are let go as they are packed.
  ///   - feed: the value of the first input; noise without it.
  ///   - sizes: the dimensions of the inputs that are images, in the order in which the model declares them, with the batch or without; the
  ///     model's own without them, where it leaves them open 512.
  ///   - threads: at least 1; `nil` for as many as the process may use.
  ///   - runs: how many are timed, after the first; at least 1.
  ///   - isProfiled: true to time each layer, beside the peaks of the machine.
  ///
  /// Errors: those of `reading`, sizes that the network does not take, too little memory.
  public init(
    reading: () throws(Fault) -> Network, feed: Tensor? = nil, sizes: [Int]? = nil, threads: Int? = nil, runs: Int = 5,
    isProfiled: Bool = false
  ) throws(Fault) {
    let start = monotonicSeconds()
    let (plan, inputs, file, importing, kernels) = try Benchmark.prepared(reading(), feed, sizes)
    let planned = monotonicSeconds(), threads = min(max(threads ?? Machine.current.threads, 1), 1024)
    try requireMemory(plan.sessionBytes(threads: threads), file)
    let session = try engine(file) { () throws(EngineError) in try Session(plan, threads: threads) }
    (loadSeconds, packSeconds) = (monotonicSeconds() - start, monotonicSeconds() - planned)
    func once() throws(Fault) -> (seconds: Double, outputs: [Tensor]) {
      let begin = monotonicSeconds()
      let outputs = try engine(file) { () throws(EngineError) in try session.run(inputs) }
      return (monotonicSeconds() - begin, outputs)
    }
    var last = try once()
    firstSeconds = last.seconds
    session.profiling = isProfiled
    var times: [Double] = []
    for _ in 0..<max(runs, 1) {
      // The last result makes room for the next.
      last.outputs = []
      last = try once()
      times.append(last.seconds)
    }
    (seconds, self.threads, importSeconds, firstOutput) = (times, threads, importing, last.outputs[0])
    instructionSet = kernels.isa.rawValue
    (multiplyAdds, arenaBytes) = (session.plan.multiplyAdds, session.arenaBytes)
    layers =
      isProfiled
      ? BenchLayers(session.profile, runs: max(runs, 1), roofline: Roofline(threads: threads, kernels: kernels)) : nil
  }

  /// The graph and its weights are let go on return: a session packs them layer by layer.
  private static func prepared(
    _ network: consuming Network, _ feed: Tensor?, _ sizes: [Int]?
  ) throws(Fault) -> (Plan, inputs: [String: Tensor], file: String, importSeconds: Double, KernelSet) {
    let inputs = try network.noise(feed, sizes)
    let graph: Graph
    do { graph = try network.optimised.specialised(to: inputs.mapValues(\.type)) } catch {
      throw Fault(
        .usage, file: network.file, at: error.site, error.what,
        remedy: sizes == nil && feed == nil
          ? .otherInputSize : .advice("the model does not take an input of this shape"))
    }
    let plan = try engine(network.file) { () throws(EngineError) in try Plan(graph, kernels: network.kernels) }
    return (plan, inputs, network.file, network.importSeconds, network.kernels)
  }
}

extension Network {
  /// A value for each input: `feed` for the first, else noise of the sizes.
  fileprivate func noise(_ feed: Tensor?, _ sizes: [Int]?) throws(Fault) -> [String: Tensor] {
    var values: [String: Tensor] = [:]
    for (position, index) in optimised.inputs.enumerated() {
      let node = optimised.nodes[index]
      if let feed, position == 0 {
        values[node.name] = feed
        continue
      }
      var dims = node.types[0].dims
      if let sizes, dims.count == 4 {
        guard sizes.allSatisfy({ $0 > 0 }) else {
          throw Fault(.usage, file: file, setting: .inputShape, "a size below 1")
        }
        guard sizes.count == dims.count || sizes.count == dims.count - 1 else {
          throw Fault(
            .usage, file: file, setting: .inputShape,
            "\(sizes.count) sizes for \(node.types[0]), which has \(dims.count - 1) beside the batch")
        }
        dims = (sizes.count < dims.count ? [1] : []) + sizes
      }
      let known = dims.enumerated().map { $1 ?? ($0 == 0 ? 1 : 512) }
      let count = known.reduce(1.0) { $0 * Double($1) }
      guard count * 4 <= Double(Machine.current.memory.bytes) else {
        throw Fault(
          .limit, setting: .inputShape,
          "an input of \(known.map(String.init).joined(separator: "x")) exceeds the memory")
      }
      let shape = Shape(known)
      values[node.name] = Tensor(shape, Networks.noise(shape.count))
    }
    return values
  }
}
