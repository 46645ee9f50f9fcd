import Graphs
import ModelFiles
import Ops
import Passes
import Scenes
import Segmentation
import Tensors

extension SegmentJob {
  /// The network of the chosen output, which is as large as the image, with probabilities where scores are held against a threshold.
  func loadModel() throws -> (SceneModel, LoadedModel.Facts, SceneClasses) {
    let loaded = try loaded()
    if loaded.isBundled { options.common.log("model: \(LoadedModel.bundledWarning); give your own with -m") }
    for text in loaded.imported.metadata.notes { options.common.log("model: \(text)") }
    let network = try sceneNetwork(loaded)
    let output = loaded.imported.outputNames.firstIndex { $0 == network.graph.outputs.first?.name }
    guard let classes = try classes(network, output: output ?? 0, of: loaded) else {
      throw Failure(.unsupported, file: loaded.file, "the output has no scores")
    }
    let graph = try comparable(network.graph, classes)
    let model = try wrapping(loaded.file) { () throws(SegmentationError) in
      try SceneModel(graph, decides: classes.areNumbers, kernels: .chosen)
    }
    log(classes)
    return (model, loaded.facts(output: options.outputName), classes)
  }

  private func loaded() throws(Failure) -> LoadedModel {
    guard let path = options.model else { return try LoadedModel(bundled: (), files: options.files) }
    guard let name = options.outputName else {
      return try LoadedModel(path: path, files: options.files, outputs: .first(1))
    }
    do throws(Failure) { return try LoadedModel(path: path, files: options.files, outputs: .named([name])) } catch {
      guard error.status == .usage, error.place == "outputs" else { throw error }
      throw Failure(.usage, file: error.file, at: "--output-name", error.what, hint: error.hint)
    }
  }

  /// The network of the output that was asked for, and what is told of its ends.
  private func sceneNetwork(_ loaded: LoadedModel) throws(Failure) -> SceneNetwork {
    var graph = loaded.optimised
    if let name = options.outputName {
      guard let output = graph.outputs.first(where: { $0.name == name }) else {
        throw Failure(.usage, file: loaded.file, at: "--output-name", "the model has no output \(escaped(name))")
      }
      graph = graph.selectingOutputs([output]).pruned()
    } else if let text = loaded.outputUsed {
      options.common.log("output: \(text)")
    }
    let upsampling = options.upsample ?? .bilinear
    let asked = options.window.map { Pair($0.size.height, $0.size.width) }
    let network: SceneNetwork
    do throws(Failure) {
      network = try SceneNetwork(
        graph, file: loaded.file, options.layouts.wish(loaded, imageSize: asked), upsampling: upsampling.method)
    } catch {
      guard options.outputName == nil, let others = loaded.otherOutputs else { throw error }
      var failure = error
      failure.hint = "there are other outputs for --output-name: \(others)"
      throw failure
    }
    let fit = network.fit
    if fit.factor != 1 {
      let rule = network.numbers == nil ? upsampling : .nearest
      options.common.log("output: a score for \(fit.factor) pixels, enlarged by \(rule.rawValue) interpolation")
    } else if options.upsample != nil {
      throw Failure(.usage, at: "--upsample", "the output is not enlarged, it has a score for each pixel")
    }
    if fit.border != 0 {
      options.common.log("output: lacks a border of \(fit.border) pixels, the scene is continued by reflection")
    }
    if let size = network.form.bakedSize {
      let mark = size.others.isEmpty ? "" : "warning: "
      options.common.log("\(mark)model: made for images of \(size.text("its input"))")
    }
    for line in network.axesText { options.common.log(line) }
    return network
  }

  /// The model for windows whose scores are blended, which must be probabilities.
  func blendable(_ model: SceneModel) throws -> SceneModel {
    guard !model.decides, model.graph.scoresAreLogits else { return model }
    let graph = try withProbabilities(model.graph, "logits, their softmax is blended")
    return try wrapping(nil) { () throws(SegmentationError) in try SceneModel(graph, kernels: .chosen) }
  }

  func withProbabilities(
    _ graph: Graph, _ note: String, areIndependent: Bool = false, areLogarithms: Bool = false
  ) throws(Failure) -> Graph {
    options.common.log("output: \(note)")
    do throws(GraphError) {
      return try graph.withProbabilities(areIndependent: areIndependent, areLogarithms: areLogarithms)
    } catch {
      throw Failure(error, file: options.model ?? LoadedModel.bundledName)
    }
  }
}
