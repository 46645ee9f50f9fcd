import ArgumentParser
import Diagrams
import Graphs
import KerasImport
import ModelFiles
import Tensors

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a model is: inputs, outputs, layers, cost, classes, and whether tiles of it are exact.",
    discussion: ModelReport.jsonDescription)

  @Argument(help: "Model file; default: the bundled demonstration model.")
  var model: String?
  @OptionGroup var files: ModelFiles
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
    try checks.check(svg)
    try checks.check(dot)
    let loaded =
      try model.map { (path) throws(Failure) in try LoadedModel(path: path, files: files, outputs: .possible) }
      ?? LoadedModel(bundled: (), files: files)
    if let dot { try Files.write(loaded.optimised.dot, to: dot) }
    let report = ModelReport(loaded)
    if let svg {
      let diagram = report.summary.diagram(loaded.imported, file: loaded.file)
      try Files.write(diagram.svg, to: svg)
    }
    try writeResult(json ? report.json : report.text)
    if layers && !json {
      try writeResult(
        "\n\(report.summary.weightList())\n\nas imported\n\(loaded.imported.dump)\n\nas optimised\n\(loaded.optimised)")
      for line in loaded.rewrites { try writeResult("  \(line)") }
    }
  }
}
