import Diagrams
import Graphs

extension Network {
  /// The optimised network in Graphviz' language.
  public var dot: String { optimised.dot }

  /// Every weight with its dataset, the operators as imported and as optimised, and what the optimiser did.
  public var layerList: String {
    let weights = ModelSummary(imported).weightList()
    let graphs = "as imported\n\(imported.dump)\n\nas optimised\n\(optimised)"
    return ([weights + "\n\n" + graphs] + rewrites.map { "  \($0)" }).joined(separator: "\n")
  }
}

extension NetworkDescription {
  /// The layers as the file has them, an SVG picture.
  public var svg: String { layers.diagram(imported, file: file).svg }
}
