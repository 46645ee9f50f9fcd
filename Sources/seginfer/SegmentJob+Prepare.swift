import Graphs
import KerasImport
import ModelFiles
import Ops
import Passes
import Rasters
import Scenes
import Segmentation

/// A run that is decided and has not begun.
struct PreparedRun {
  let reader: RasterReader
  let scaling: InputScaling
  let classifier: RowClassifier
  let table: ClassTable
  let areas: PixelAreas?
  let pipeline: ScenePipeline
  let rowsPerWrite: Int
  let memory: MemoryPlan
  let stitching: Stitching
}

extension SegmentJob {
  /// Reads the model, opens the scene and decides how to go about it. Of the model, only what the run needs is kept.
  func prepare() throws -> PreparedRun {
    let (network, facts, classes) = try loadModel()
    let decision = try Stitching.Decision(options, network)
    let scored = try decision.mode == .exact ? network : blendable(network)
    let model = try decidingModel(scored, classes, decision)
    let reader = try openScene(channels: model.channels)
    guard reader.bands.count == model.channels else {
      throw Failure(
        .usage, file: options.scene, "\(reader.bands.count) bands for a model of \(model.channels) channels",
        hint: "choose bands with -b")
    }
    let size = PixelSize(width: reader.width, height: reader.height)
    let scaling = try InputScaling(
      options, facts.metadata, facts.unit, largest: reader.bandTypes.map(\.maximum))
    options.common.log(
      "scene: \(options.scene), \(size), bands \(reader.bands.map(String.init).joined(separator: ",")) "
        + "\(types(reader))\(reader.georeference.isEmpty ? ", without georeference" : "")")
    for line in notes(reader) { options.common.log(line) }
    options.common.log("samples: \(scaling.text(reader.bandTypes))")
    if let warning = scaling.rule.warning { options.common.log(warning) }

    let classifier = try scenes { () throws(ScenesError) in
      let classifier = try RowClassifier(channels: classes.decision.scores, nodata: options.nodata, rule: classes.rule)
      return decision.mode == .exact ? classifier.decided : classifier
    }
    let table = try table(classes)
    let pipeline = ScenePipeline(size: size, channels: model.channels, scores: model.scores)
    let rowsPerWrite = min(options.window?.size.height ?? 512, size.height)
    let areas = pixelAreas(reader)
    let memory = MemoryPlan(
      options, model, reader, format: format, pipeline: pipeline, rowsPerWrite: rowsPerWrite,
      statistics: ClassStatistics.areaBytes(areas, classes: classifier.classes))
    let stitching = try Stitching(decision, options, model: model, metadata: facts.metadata, size: size, memory: memory)
    for line in stitching.summary { options.common.log(line) }
    return PreparedRun(
      reader: reader, scaling: scaling, classifier: classifier, table: table, areas: areas, pipeline: pipeline,
      rowsPerWrite: rowsPerWrite, memory: memory, stitching: stitching)
  }

  /// Scores that nobody blends need not leave the network; numbers of windows that are blended vote.
  private func decidingModel(
    _ model: SceneModel, _ classes: SceneClasses, _ decision: Stitching.Decision
  ) throws -> SceneModel {
    guard classes.areNumbers else {
      guard decision.mode == .exact else { return model }
      return try wrapping(nil) { () throws(SegmentationError) in
        try model.followed(by: classes.decision.map, named: "classes")
      }
    }
    guard decision.mode != .exact else { return model }
    let voting = try graphErrors(classes.file) { () throws(GraphError) in
      try model.graph.withVotes(classes: classes.decision.classes)
    }
    return try wrapping(nil) { () throws(SegmentationError) in try SceneModel(voting, decides: true, kernels: .chosen) }
  }

  /// A directory may be a raster to GDAL; one that is not is no damaged file.
  private func openScene(channels: Int) throws(Failure) -> RasterReader {
    do {
      return try RasterReader(
        path: options.scene, bands: options.bands?.bands, channels: channels, validity: options.validity,
        isScaled: options.unscale)
    } catch {
      if error.kind == .malformed && Files.isDirectory(options.scene) {
        throw Failure(.inputOutput, file: options.scene, "is a directory, not a raster")
      }
      throw Failure(error)
    }
  }
}
