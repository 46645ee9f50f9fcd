import ArgumentParser
import Graphs
import KerasImport
import Tensors

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What a model is: inputs, outputs, layers, cost, classes, and whether tiles of it are exact.")

  @Argument(help: "Model file; default: the bundled demonstration model.")
  var model: String?
  @OptionGroup var files: ModelFiles
  @Flag(help: "Print JSON.")
  var json = false
  @Flag(help: "List every layer as imported and as optimised.")
  var layers = false
  @Option(help: ArgumentHelp("Write the optimised graph in Graphviz' language.", valueName: "file"))
  var dot: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    let loaded =
      try model.map { (path) throws(Failure) in try LoadedModel(path: path, files: files) }
      ?? LoadedModel(bundled: (), files: files)
    if let dot { try Files.write(Array(loaded.optimised.dot.utf8), to: dot) }
    let report = try ModelReport(loaded)
    print(json ? report.json : report.text)
    if layers && !json {
      print("\nas imported\n\(loaded.imported.dump)\n\nas optimised\n\(loaded.optimised)")
      for line in loaded.rewrites { print("  \(line)") }
    }
  }
}
