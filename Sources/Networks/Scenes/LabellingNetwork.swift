import Graphs
package import ModelFiles
import Ops
package import Passes
package import Scenes
package import Segmentation
import Tensors

/// A network that is ready to label images: the chosen output, as large as the image, with probabilities where scores are held against a
/// threshold, and how classes follow from it.
package struct LabellingNetwork {
  package let model: SceneModel
  package let classes: SceneClasses
  package let metadata: ModelMetadata?
  /// Of the image, for the output that is used.
  package let unit: InputUnit
  package let file: String
  /// The files that the model was read from.
  package let files: [String]
  private let note: (Note) -> Void

  /// - Parameters:
  ///   - named: the number of classes that the caller has names for.
  ///   - most: the most classes that a mask can have.
  ///
  /// Errors: an output that is not there or no image of the input; a threshold where it is unknown what is below it.
  package init(
    _ network: Network, _ options: SegmentationOptions, named: Int? = nil,
    most: Int = RowClassifier.maximumClasses - 1, note: @escaping (Note) -> Void = { _ in }
  ) throws(Fault) {
    try options.check()
    if network.isBundled { note(.bundledModel) }
    for text in network.imported.description.notes { note(.model(text)) }
    let scene = try SceneNetwork(network, options, note)
    let place = network.imported.outputNames.firstIndex { $0 == scene.graph.outputs.first?.name }
    guard let classes = try SceneClasses(scene, output: place ?? 0, of: network, options, named: named, most: most)
    else {
      throw Fault(.unsupported, file: network.file, "the output has no scores")
    }
    let graph = try scene.graph.comparable(classes, file: network.file, note)
    model = try segmentation(network.file) { () throws(SegmentationError) in
      try SceneModel(graph, decides: classes.areNumbers, kernels: network.kernels)
    }
    classes.tell(isThresholdGiven: options.threshold != nil, note)
    let facts = network.facts(output: options.outputName)
    (self.classes, metadata, unit, self.note) = (classes, facts.metadata, facts.unit, note)
    (file, files) = (network.file, network.files)
  }

  /// The model as it is run: scores that nobody blends need not leave the network; numbers of windows that are blended vote, and scores
  /// that are blended are probabilities.
  package func model(for blend: SegmentationOptions.Blend) throws(Fault) -> SceneModel {
    let scored = blend == .exact ? model : try blendable()
    guard classes.areNumbers else {
      guard blend == .exact else { return scored }
      return try segmentation(nil) { () throws(SegmentationError) in
        try scored.followed(by: classes.decision.map, named: "classes")
      }
    }
    guard blend != .exact else { return scored }
    let voting = try graphErrors(file) { () throws(GraphError) in
      try scored.graph.withVotes(classes: classes.decision.classes)
    }
    return try segmentation(nil) { () throws(SegmentationError) in
      try SceneModel(voting, decides: true, kernels: model.kernels)
    }
  }

  private func blendable() throws(Fault) -> SceneModel {
    guard !model.decides, model.graph.scoresAreLogits else { return model }
    let graph = try model.graph.withProbabilities("logits, their softmax is blended", file: file, note)
    return try segmentation(nil) { () throws(SegmentationError) in try SceneModel(graph, kernels: model.kernels) }
  }

  /// What classifies rows of the model's output.
  package func classifier(_ blend: SegmentationOptions.Blend, nodata: UInt8) throws(Fault) -> RowClassifier {
    try scenes { () throws(ScenesError) in
      let classifier = try RowClassifier(channels: classes.decision.scores, nodata: nodata, rule: classes.rule)
      return blend == .exact ? classifier.decided : classifier
    }
  }
}

extension SceneClasses {
  fileprivate init?(
    _ scene: SceneNetwork, output: Int, of network: Network, _ options: SegmentationOptions, named: Int?, most: Int
  ) throws(Fault) {
    if scene.numbers != nil, options.threshold != nil || options.background != nil {
      throw Fault(
        .usage, setting: options.threshold != nil ? .threshold : .background,
        "the network decides on the classes itself")
    }
    let background = options.background.map { $0 == .first ? ClassDecision.Background.first : .none }
    do throws(ClassDecision.UnknownBackground) {
      try self.init(
        scene, output: output, of: network, background: background, threshold: options.threshold, count: named,
        most: most)
    } catch {
      throw Fault(error, setting: .threshold)
    }
  }
}

extension Graph {
  /// The network whose scores can be held against the threshold that there is.
  fileprivate func comparable(
    _ classes: SceneClasses, file: String, _ note: (Note) -> Void
  ) throws(Fault) -> Graph {
    switch classes.decision.probabilities {
    case nil: return self
    case .sigmoid where classes.decision.scores == 1:
      return try withProbabilities("logits, their sigmoid is the score", file: file, note)
    case .sigmoid:
      return try withProbabilities(
        "logits, the sigmoid of each is its score, as of networks trained with a binary cross-entropy per class",
        areIndependent: true, file: file, note)
    case .exponential:
      return try withProbabilities(
        "a logarithm, whose exponential is the score", areLogarithms: true, file: file, note)
    case .softmax:
      return try withProbabilities("logits, their softmax is held against the threshold", file: file, note)
    }
  }

  fileprivate func withProbabilities(
    _ text: String, areIndependent: Bool = false, areLogarithms: Bool = false, file: String, _ note: (Note) -> Void
  ) throws(Fault) -> Graph {
    note(.scores(text))
    do throws(GraphError) {
      return try withProbabilities(areIndependent: areIndependent, areLogarithms: areLogarithms)
    } catch { throw Fault(error, file: file) }
  }
}
