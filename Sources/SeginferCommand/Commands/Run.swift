import ArgumentParser
import Networks
import Platform

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Run tensors through a model, from and to .npy files.")

  @Argument(help: "Model file.")
  var model: String
  @OptionGroup var files: ModelOptions
  @Option(
    help: ArgumentHelp("Input tensor, repeatable; without a name in the model's order.", valueName: "[name=]x.npy"))
  var input: [String] = []
  @Option(help: ArgumentHelp("Where to write an output, repeatable.", valueName: "[name=]y.npy"))
  var output: [String] = []
  @Option(help: ArgumentHelp("Write the value of a layer, repeatable.", valueName: "layer=f.npy"))
  var dump: [String] = []
  @Flag(name: .customLong("no-optimize"), help: "Run the graph as imported.")
  var noOptimize = false
  @Flag(help: "Use the plain definitions instead of kernels.")
  var reference = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Threads, or ALL_CPUS.", valueName: "n"))
  var threads: ThreadCount = .allProcessors
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if output.isEmpty && dump.isEmpty { throw ValidationError("nothing to write: give --output or --dump") }
    try files.precision.validate(reference: reference)
  }

  func run() throws {
    var checks = OutputChecks(inputs: files.paths(model))
    for argument in output + dump {
      try worded { () throws(Fault) in try checks.check(Run.path(argument)) }
    }
    let network = try files.network(model, outputs: wantedOutputs, isOptimised: !noOptimize)
    let (inputNames, outputNames) = (network.inputNames, network.outputNames)
    let targets = try named(output, outputNames, "--output")
    let layers = try named(dump, [], "--dump")
    for (layer, _) in layers where !network.hasLayer(layer) {
      throw Failure(
        .usage, file: model, at: "--dump", "there is no layer \(layer)",
        hint: noOptimize ? "see seginfer info --layers" : "it may be fused away; try --no-optimize")
    }
    let inputs = try named(input, inputNames, "--input")
    try worded { () throws(Fault) in
      var feed: [String: Tensor] = [:]
      for (name, path) in inputs { feed[name] = try Tensor(contentsOf: path) }
      let prediction = try network.predict(
        feed, layers: layers.map(\.0), threads: threads.count, isReference: reference)
      for (name, path) in targets { try prediction[outputNames.firstIndex(of: name) ?? 0].write(to: path) }
      for (place, (_, path)) in layers.enumerated() { try prediction[outputNames.count + place].write(to: path) }
    }
  }

  /// Layers that are dumped may be those of any output.
  private var wantedOutputs: WantedOutputs {
    guard dump.isEmpty else { return .possible }
    let names = output.compactMap { argument in argument.firstIndex(of: "=").map { String(argument[..<$0]) } }
    if names.count == output.count { return .named(names) }
    return names.isEmpty ? .first(output.count) : .all
  }

  /// The path of `name=path`, or of a path alone.
  private static func path(_ argument: String) -> String {
    argument.firstIndex(of: "=").map { String(argument[argument.index(after: $0)...]) } ?? argument
  }

  /// Pairs of name and path; without `name=`, names are taken in order.
  private func named(_ arguments: [String], _ names: [String], _ option: String) throws(Failure) -> [(String, String)] {
    var result: [(String, String)] = []
    for (position, argument) in arguments.enumerated() {
      if let equals = argument.firstIndex(of: "=") {
        let name = String(argument[..<equals])
        guard names.isEmpty || names.contains(name) else {
          throw Failure(
            .usage, file: model, at: option, "no \(name)", hint: "there is \(names.joined(separator: ", "))")
        }
        result.append((name, Run.path(argument)))
      } else {
        guard position < names.count else {
          throw Failure(.usage, file: model, at: option, "\(argument): a name is needed, or there are too many")
        }
        result.append((names[position], argument))
      }
    }
    return result
  }
}
