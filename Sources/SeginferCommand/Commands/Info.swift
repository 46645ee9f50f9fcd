import ArgumentParser
import Networks

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a model is: inputs, outputs, layers, cost, classes, and whether tiles of it are exact.",
    discussion: Info.keys)

  @Argument(help: "Model file; default: the bundled demonstration model.")
  var model: String?
  @OptionGroup var files: ModelOptions
  @Flag(help: "Print JSON.")
  var json = false
  @Flag(help: "List also every weight with its dataset, and the operators as imported and as optimised.")
  var layers = false
  @Option(help: ArgumentHelp("Draw the layers as the file has them, an SVG picture.", valueName: "file"))
  var svg: String?
  @Option(help: ArgumentHelp("Write the optimised graph in Graphviz' language.", valueName: "file"))
  var dot: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    var checks = OutputChecks(inputs: files.paths(model))
    try worded { () throws(Fault) in
      try checks.check(svg)
      try checks.check(dot)
    }
    let network = try files.network(model, outputs: model == nil ? .all : .possible)
    if let dot { try worded { () throws(Fault) in try Files.write(network.dot, to: dot) } }
    let description = network.description
    if let svg { try worded { () throws(Fault) in try Files.write(description.svg, to: svg) } }
    try writeResult(json ? description.json : description.summary(.options))
    if layers && !json { try writeResult("\n" + network.layerList) }
  }
}
