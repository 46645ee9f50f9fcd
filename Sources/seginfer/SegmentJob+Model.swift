import Graphs
import Ops
import Passes
import Segmentation
import Tensors

extension SegmentJob {
  /// The network of the chosen output, which is as large as the image, and of a single score per pixel its probability.
  func loadModel() throws -> (SceneModel, SceneNetwork, ModelMetadata?) {
    let loaded =
      try options.model.map { (path) throws(Failure) in try LoadedModel(path: path, files: options.files) }
      ?? LoadedModel(bundled: (), files: options.files)
    if loaded.isBundled { options.common.log("model: \(LoadedModel.bundledWarning); give your own with -m") }
    for text in loaded.imported.metadata.notes { options.common.log("model: \(text)") }
    let network = try sceneNetwork(loaded)
    var graph = network.graph
    if network.numbers == nil, let scores = graph.outputs.first.map({ graph[$0.value] }), scores.dims[3] == 1,
      graph.scoresAreLogits
    {
      graph = try withProbabilities(graph, "logits, their sigmoid is the score")
    }
    let own = graph
    let model = try wrapping(loaded.file) { () throws(SegmentationError) in
      try SceneModel(own, decides: network.numbers != nil)
    }
    return (model, network, loaded.metadata)
  }

  /// The network of the output that was asked for, and what is told of its ends.
  private func sceneNetwork(_ loaded: LoadedModel) throws(Failure) -> SceneNetwork {
    var graph = loaded.optimised
    if let name = options.outputName {
      guard let output = graph.outputs.first(where: { $0.name == name }) else {
        let names = graph.outputs.map { escaped($0.name) }.joined(separator: ", ")
        throw Failure(
          .usage, file: loaded.file, at: "--output-name", "the model has no output \(escaped(name)), but \(names)")
      }
      graph = graph.selectingOutputs([output]).pruned()
    }
    let network = try SceneNetwork(
      graph, file: loaded.file, options.layouts.wish(loaded), upsampling: (options.upsample ?? .bilinear).method)
    let fit = network.fit
    if fit.factor != 1 {
      let rule = network.numbers == nil ? (options.upsample ?? .bilinear).rawValue : "nearest"
      options.common.log("output: a score for \(fit.factor) pixels, enlarged by \(rule) interpolation")
    } else if options.upsample != nil {
      throw Failure(.usage, at: "--upsample", "the output is not enlarged, it has a score for each pixel")
    }
    if fit.border != 0 {
      options.common.log("output: lacks a border of \(fit.border) pixels, the scene is continued by reflection")
    }
    for line in network.axesText { options.common.log(line) }
    if network.numbers != nil { options.common.log("classes: the numbers that the network gives are taken as they are") }
    return network
  }

  /// The model for windows whose scores are blended, which must be probabilities.
  func blendable(_ model: SceneModel) throws -> SceneModel {
    guard !model.decides, model.graph.scoresAreLogits else { return model }
    let graph = try withProbabilities(model.graph, "logits, their softmax is blended")
    return try wrapping(nil) { () throws(SegmentationError) in try SceneModel(graph) }
  }

  private func withProbabilities(_ graph: Graph, _ note: String) throws(Failure) -> Graph {
    options.common.log("output: \(note)")
    do throws(GraphError) { return try graph.withProbabilities() } catch {
      throw Failure(error, file: options.model ?? LoadedModel.bundledName)
    }
  }

  func scoreThreshold(_ model: SceneModel) throws(Failure) -> Float {
    if model.decides {
      if options.threshold == nil { return 0.5 }
      throw Failure(.usage, at: "--threshold", "the network decides on the classes itself")
    }
    guard model.scores == 1 else {
      if options.threshold == nil { return 0.5 }
      throw Failure(
        .usage, at: "--threshold", "the model has \(model.scores) scores per pixel, of which the largest counts")
    }
    let threshold = options.threshold ?? 0.5
    options.common.log("classes: 1 where the score is above \(threshold), else 0")
    return threshold
  }
}
