import Engine
import Glibc
import Graphs
import KerasImport
import Rasters
import Scenes
import Segmentation

/// One run of `segment`: model and scene in, mask out.
struct SegmentJob {
  let options: Segment
  let outputPath: String

  /// Checks what can be checked before any work.
  init(_ options: Segment) throws(Failure) {
    self.options = options
    let suffix = options.format.format == .png ? ".seg.png" : ".seg.tif"
    outputPath = options.output ?? stem(options.scene).directory + stem(options.scene).name + suffix
    try SegmentJob.checkScene(options.scene)
    if !options.plan { try SegmentJob.checkOutputs(options, mask: outputPath) }
  }

  func run() throws {
    let loaded =
      try options.model.map { (path) throws(Failure) in try LoadedModel(path: path, files: options.files) }
      ?? LoadedModel(bundled: ())
    if loaded.isBundled { options.common.log("model: \(LoadedModel.bundledWarning); give your own with -m") }
    for text in loaded.imported.metadata.notes { options.common.log("model: \(text)") }
    let model = try wrapping(loaded.file) { () throws(SegmentationError) in try SceneModel(loaded.optimised) }
    let reader = try openScene(channels: model.channels)
    guard reader.bands.count == model.channels else {
      throw Failure(
        .usage, file: options.scene, "\(reader.bands.count) bands for a model of \(model.channels) channels",
        hint: "choose bands with -b")
    }
    let size = PixelSize(width: reader.width, height: reader.height)
    let scaling = try InputScaling(
      scale: options.scale?.values, mean: options.mean?.values, std: options.std?.values, metadata: loaded.metadata,
      model: loaded.optimised, channels: model.channels, pixelType: reader.pixelType)
    options.common.log(
      "scene: \(options.scene), \(size), bands \(reader.bands.map(String.init).joined(separator: ",")) "
        + "\(reader.pixelType.rawValue)\(reader.georeference.isEmpty ? ", without georeference" : "")")
    options.common.log("samples: \(scaling.reason)")

    let classifier = try scenes { () throws(ScenesError) in
      try RowClassifier(channels: model.scores, nodata: options.nodata)
    }
    let table = try classTable(loaded, count: classifier.classes)
    let pipeline = ScenePipeline(size: size, channels: model.channels, scores: model.scores)
    let rowsPerWrite = min(options.window?.size.height ?? 512, size.height)
    let memory = MemoryPlan(options, reader, pipeline: pipeline, rowsPerWrite: rowsPerWrite)
    let stitching = try Stitching(options, model: model, metadata: loaded.metadata, size: size, memory: memory)
    for line in stitching.summary { options.common.log(line) }
    if options.plan {
      print(stitching.planText(threads: options.threads.count, memory))
      return
    }

    Interruption.watch()
    let writer = try wrapping { () throws(RasterError) in
      try MaskWriter(
        path: outputPath, like: reader, format: options.format.format, creationOptions: options.creationOptions,
        classes: table, nodata: options.nodata, overwrite: options.overwrite, threads: options.threads.count)
    }
    Interruption.remove(writer.temporaryPaths)
    if !writer.lostGeoreference.isEmpty {
      options.common.log(
        "warning: \(outputPath): the format cannot hold \(writer.lostGeoreference.joined(separator: ", "))")
    }
    let rows = MaskRows(writer: writer, classifier: classifier, rows: rowsPerWrite, pixelArea: pixelArea(reader))
    do {
      var activity = try compute(stitching, pipeline, reader, scaling, rows)
      let statistics = try rows.finish()
      try finish(writer)
      activity.end()
      options.common.log(activity.line)
      options.common.log("memory: \(mebibytes(peakResidentBytes())) at most")
      try report(statistics, table, reader)
    } catch {
      writer.abandon()
      throw error
    }
  }

  /// A directory may be a raster to GDAL; one that is not is no damaged file.
  private func openScene(channels: Int) throws(Failure) -> RasterReader {
    do { return try RasterReader(path: options.scene, bands: options.bands?.bands, channels: channels) } catch {
      if error.kind == .malformed && Files.isDirectory(options.scene) {
        throw Failure(.inputOutput, file: options.scene, "is a directory, not a raster")
      }
      throw Failure(error)
    }
  }

  private func report(_ statistics: ClassStatistics, _ table: ClassTable, _ reader: RasterReader) throws {
    for id in 0..<table.count where statistics.counts[id] > 0 {
      let share = Double(Int(statistics.share(id) * 1000 + 0.5)) / 10
      let area = statistics.hectares(id).map { ", \(Double(Int($0 * 100 + 0.5)) / 100) ha" } ?? ""
      options.common.log("class \(id) \(table.names[id]): \(share) %\(area)")
    }
    if statistics.nodata > 0 { options.common.log("no data: \(statistics.nodata) pixels") }
    if statistics.nonFinite > 0 {
      options.common.log("warning: \(statistics.nonFinite) pixels had scores that are not finite and became nodata")
    }
    print(outputPath)
    if let path = options.stats {
      try Files.write(Array(statistics.json(names: table.names).utf8), to: path)
      print(path)
    }
    if let path = options.preview {
      try wrapping { () throws(RasterError) in
        try Preview.write(
          to: path, scene: reader, mask: outputPath, classes: table, overwrite: options.overwrite)
      }
      print(path)
    }
  }

  private func classTable(_ loaded: LoadedModel, count: Int) throws(Failure) -> ClassTable {
    var table = try loaded.metadata?.classes() ?? ClassTable(count: count)
    if let name = options.classes {
      if let preset = ClassTable.preset(name) {
        table = preset
      } else {
        table = try wrapping { () throws(RasterError) in try ClassTable(path: name) }
      }
    }
    guard table.count == count else {
      throw Failure(.usage, at: "classes", "\(table.count) class names for a model of \(count) classes")
    }
    return table
  }

  /// Square metres of a pixel, where the CRS is in metres.
  func pixelArea(_ reader: RasterReader) -> Double? {
    guard let transform = reader.georeference.geotransform, let metres = reader.georeference.metresPerUnit else {
      return nil
    }
    return abs(transform[1] * transform[5] - transform[2] * transform[4]) * metres * metres
  }
}
