package import Graphs
import Ops
import Tensors

/// The unit in which a network takes the samples of its image, read from the numbers that its leading operators scale and shift them by.
///
/// The operators right behind the image are followed as long as they choose channels, move pixels, keep values within a range, and scale
/// and shift samples by constants, in whatever spelling. For each channel they come to `(sample - mean) / deviation`; of a batch
/// normalisation the moving mean and deviation count alone.
package struct InputUnit: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    /// Samples as they are, such as bytes.
    case samples
    /// Samples within 0 ... 1.
    case unitInterval
    /// The graph does not say it.
    case unsure
  }

  /// How a channel is scaled: `(sample - mean) / deviation`.
  package struct Channel: Sendable, Hashable {
    /// Which of the image's, nil for a mixture of several.
    package var source: Int?
    package var mean: Double, deviation: Double
    /// True where the sign is turned as well.
    package var isNegated: Bool
  }

  package var kind: Kind
  /// What the network gets, in its order; empty where branches differ.
  package var channels: [Channel] = []
  /// The first of the nodes that scale, shift or limit samples.
  package var node: String?
  /// In words: what the model does to samples, or why its unit is not known.
  package var evidence: String
  /// False for a network that takes no image, for which the question does not arise.
  package var takesImage = true
  /// True for an input of whole numbers, into which no scaled sample fits.
  package var takesIntegers = false
  /// The kind follows from the numbers, and yet networks are published with these that were trained on another unit: the mean and
  /// deviation of a data set in 0 ... 1, applied to bytes.
  package var isDoubtful = false

  /// Of the image of a graph as it was imported, before passes join its first operators to others.
  ///
  /// `output` is the place of the output that is used: what only others read has no part.
  package init(_ graph: Graph, output: Int = 0) {
    let used = graph.outputs.indices.contains(output) ? graph.selectingOutputs([graph.outputs[output]]).pruned() : graph
    let users = used.users()
    guard let input = used.inputs.first(where: { !users[$0].isEmpty && used.nodes[$0].types[0].rank >= 3 }) else {
      self.init(kind: .unsure, evidence: "it takes no image")
      takesImage = false
      return
    }
    let type = used.nodes[input].types[0].dataType
    guard type == .float32 || type == .float64 else {
      self.init(kind: .samples, node: used.nodes[input].name, evidence: "takes \(type.rawValue)")
      takesIntegers = true
      return
    }
    guard let chain = LeadingChain.following(used, from: input) else {
      self.init(kind: .unsure, evidence: "it takes no image of channels that are known")
      return
    }
    self.init(chain, used)
  }

  init(kind: Kind, node: String? = nil, evidence: String) {
    (self.kind, self.node, self.evidence) = (kind, node, evidence)
  }

  private init(_ chain: LeadingChain, _ graph: Graph) {
    let ends = chain.ends
    let told = ends.max { $0.nodes.count < $1.nodes.count }
    guard let told, !ends.contains(where: { $0.kind != told.kind }) else {
      let isPartly = told.map { !$0.nodes.isEmpty } ?? false
      self.init(
        kind: .unsure,
        evidence: isPartly ? "it rescales them in one branch and not in another" : "nothing in it rescales them")
      return
    }
    self.init(kind: told.kind, node: told.nodes.min().map { graph.nodes[$0].name }, evidence: told.evidence)
    (channels, isDoubtful) = (told.channels, told.kind == .unitInterval && told.isStandardisation)
    if kind == .unsure && chain.isStandardised && told.nodes.isEmpty {
      evidence = "it standardises each image by the image's own statistics"
    }
  }
}
