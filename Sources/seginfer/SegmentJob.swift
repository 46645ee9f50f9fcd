import Glibc
import Rasters
import Scenes
import Segmentation

/// One run of `segment`: model and scene in, mask out.
struct SegmentJob {
  let options: Segment
  let outputPath: String
  let format: MaskFormat

  /// Checks what can be checked before any work.
  init(_ options: Segment) throws(Failure) {
    self.options = options
    let scene = DatasetName(options.scene)
    try wrapping(scene.check)
    try requireAddressSpace(options.scene)
    if let output = options.output {
      outputPath = output
    } else {
      outputPath = options.plan ? "" : try SegmentJob.defaultOutput(scene, options.format?.format ?? .cog)
    }
    if !options.plan { try SegmentJob.checkOutputs(options, scene, mask: outputPath) }
    format = try SegmentJob.maskFormat(options)
    try wrapping { () throws(RasterError) in try CoordinateDatabase.check(path: options.scene) }
  }

  func run() throws {
    let run = try prepare()
    if options.plan {
      try writeResult(run.stitching.planText(threads: options.threads.count, run.memory))
      return
    }
    Interruption.watch()
    let (reader, table) = (run.reader, run.table)
    let writer = try wrapping { () throws(RasterError) in
      try MaskWriter(
        path: outputPath, like: reader, format: format, creationOptions: options.creationOptions,
        classes: table, nodata: options.nodata, overwrite: options.overwrite, threads: options.threads.count)
    }
    if !writer.lostGeoreference.isEmpty {
      options.common.log(
        "warning: \(outputPath): the format cannot hold \(writer.lostGeoreference.joined(separator: ", "))")
    }
    let rows = MaskRows(
      writer: writer, classifier: run.classifier, rows: run.rowsPerWrite, areas: run.areas)
    do {
      // The network's memory is free again when the output is built.
      var activity = try compute(consume run, rows)
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

  private func report(_ statistics: ClassStatistics, _ table: ClassTable, _ reader: RasterReader) throws {
    for id in 0..<table.count where statistics.counts[id] > 0 {
      let area = statistics.hectares(id).map { ", \(decimal($0, 2)) ha" } ?? ""
      options.common.log("class \(id) \(table.names[id]): \(decimal(statistics.share(id) * 100, 1)) %\(area)")
    }
    if statistics.nodata > 0 { options.common.log("no data: \(statistics.nodata) pixels") }
    if statistics.nonFinite > 0 {
      options.common.log(
        "warning: \(statistics.nonFinite) pixels had scores that are not finite, or numbers that no class has, "
          + "and became nodata")
    }
    try writeResult(outputPath)
    if let path = options.stats {
      try Files.write(statistics.json(names: table.names), to: path)
      try writeResult(path)
    }
    if let path = options.preview {
      try wrapping { () throws(RasterError) in
        try Preview.write(
          to: path, scene: reader, mask: outputPath, classes: table, overwrite: options.overwrite)
      }
      try writeResult(path)
    }
  }
}
