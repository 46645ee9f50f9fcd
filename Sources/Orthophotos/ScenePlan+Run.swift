import Engine
import Networks
import Passes
import Rasters
public import Scenes
import Segmentation

/// What came out of a run.
public struct SceneResult: Sendable {
  /// Pixels, shares and ground areas per class.
  public let statistics: ClassStatistics
  /// Names and colours of the mask's classes.
  public let classes: ClassTable
  package let activity: Activity
}

/// A run was ended by its caller; nothing was written under a final name.
public struct SceneCancelled: Error, Sendable, Hashable {}

extension ScenePlan {
  /// Labels the scene and writes the products, each whole or not at all.
  ///
  /// - Parameters:
  ///   - products: one mask, and what is made of it.
  ///   - progress: told after each row.
  ///   - isCancelled: asked all along, from several threads, until the mask has its name.
  ///   - finished: told when a product has its final name.
  ///
  /// Errors: `Fault`, `SceneCancelled`, what `finished` throws.
  @discardableResult
  public consuming func run(
    writing products: [SceneProduct], progress: (ProgressReport) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { Task.isCancelled },
    finished: (SceneProduct, SceneResult) throws -> Void = { _, _ in }
  ) throws -> SceneResult {
    let (path, table, reader, options) = (try products.mask(), table, reader, options)
    try options.check(products, inputs: inputs)
    let writer = try writer(path)
    let rows = MaskRows(writer: writer, classifier: classifier, rows: rowsPerWrite, areas: areas)
    let result: SceneResult
    do {
      // The network's memory is free again when the output is built.
      var activity = try compute(rows, isCancelled, progress)
      let statistics = try rows.finish()
      do { try writer.finish(isCancelled: isCancelled) } catch {
        if isCancelled() { throw SceneCancelled() }
        throw Fault(error)
      }
      activity.end()
      result = SceneResult(statistics: statistics, classes: table, activity: activity)
      try finished(.mask(path), result)
    } catch {
      writer.abandon()
      throw error
    }
    for product in products {
      switch product {
      case .mask: continue
      case .statistics(let file): try Files.write(result.statistics.json(names: table.names), to: file)
      case .preview(let file):
        try rasters { () throws(RasterError) in
          try Preview.write(to: file, scene: reader, mask: path, classes: table, overwrite: options.overwrites)
        }
      }
      try finished(product, result)
    }
    return result
  }

  private func writer(_ path: String) throws(Fault) -> MaskWriter {
    let format = try options.format(of: path)
    let writer = try rasters { () throws(RasterError) in
      try MaskWriter(
        path: path, like: reader, format: format, creationOptions: options.creationOptions, classes: table,
        nodata: options.nodata, overwrite: options.overwrites, threads: threads)
    }
    if !writer.lostGeoreference.isEmpty { note(.lostGeoreference(file: path, writer.lostGeoreference)) }
    return writer
  }
}
