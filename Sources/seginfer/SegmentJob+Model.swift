import Graphs
import Ops
import Passes
import Segmentation
import Tensors

extension SegmentJob {
  /// The network of the chosen output, which is as large as the image, and of a single score per pixel its probability.
  func loadModel() throws -> (SceneModel, ModelMetadata?) {
    let loaded =
      try options.model.map { (path) throws(Failure) in try LoadedModel(path: path, files: options.files) }
      ?? LoadedModel(bundled: (), files: options.files)
    if loaded.isBundled { options.common.log("model: \(LoadedModel.bundledWarning); give your own with -m") }
    for text in loaded.imported.metadata.notes { options.common.log("model: \(text)") }
    var graph = try fitted(chosen(loaded), loaded.file)
    if let scores = graph.outputs.first.map({ graph[$0.value] }), scores.rank == 4, scores.dims[3] == 1,
      graph.scoresAreLogits
    {
      graph = try withProbabilities(graph, "logits, their sigmoid is the score")
    }
    let network = graph
    let model = try wrapping(loaded.file) { () throws(SegmentationError) in try SceneModel(network) }
    return (model, loaded.metadata)
  }

  /// The network with scores for its outputs, and only the one that was asked for.
  private func chosen(_ loaded: LoadedModel) throws(Failure) -> Graph {
    let graph = channelsLast(loaded.optimised).scoringPixels()
    guard let name = options.outputName else {
      return graph.outputs.first.map { graph.selectingOutputs([$0]).pruned() } ?? graph
    }
    guard let output = graph.outputs.first(where: { $0.name == name }) else {
      let names = graph.outputs.map { escaped($0.name) }.joined(separator: ", ")
      throw Failure(
        .usage, file: loaded.file, at: "--output-name", "the model has no output \(escaped(name)), but \(names)")
    }
    return graph.selectingOutputs([output]).pruned()
  }

  /// The network with scores for all pixels of the image.
  private func fitted(_ graph: Graph, _ file: String) throws(Failure) -> Graph {
    let fit = graph.sceneFit() ?? .same
    let upsampling = options.upsample ?? .bilinear
    if fit.factor != 1 {
      options.common.log("output: a score for \(fit.factor) pixels, enlarged by \(upsampling.rawValue) interpolation")
    } else if options.upsample != nil {
      throw Failure(.usage, at: "--upsample", "the output is not enlarged, it has a score for each pixel")
    }
    if fit == .same { return graph }
    if fit.border != 0 {
      options.common.log("output: lacks a border of \(fit.border) pixels, the scene is continued by reflection")
    }
    do throws(GraphError) { return try graph.fitted(fit, by: upsampling.method) } catch {
      throw Failure(error, file: file)
    }
  }

  /// The model for windows whose scores are blended, which must be probabilities.
  func blendable(_ model: SceneModel) throws -> SceneModel {
    guard model.graph.scoresAreLogits else { return model }
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
