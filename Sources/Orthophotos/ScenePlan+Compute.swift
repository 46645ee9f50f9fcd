import Engine
import Networks
import Rasters
import Scenes
import Segmentation

extension ScenePlan {
  /// Runs the network over the scene; every score has been classified, and most are written, on return.
  consuming func compute(
    _ rows: MaskRows, _ isCancelled: @escaping @Sendable () -> Bool, _ tell: (ProgressReport) -> Void
  ) throws -> Activity {
    let (stitching, reader, scaling, threads) = (stitching, reader, scaling, threads)
    let session = try engine(file) { () throws(EngineError) in try Session(stitching.plan, threads: threads) }
    session.profiling = true
    var progress = Progress(
      total: reader.height * stitching.passes.count, pixels: reader.width * reader.height, pixelArea: areas?.mean)
    let start = ContinuousClock.now
    var activity = Activity()
    var emitted = 0
    @Sendable func check() throws(SceneCancelled) { if isCancelled() { throw SceneCancelled() } }
    let waits = try pipeline.run(passes: stitching.passes) { y, columns, row, valid in
      try check()
      try rasters { () throws(RasterError) in
        try reader.readRows(
          y..<y + 1, columns: columns, scale: scaling.scale, offset: scaling.offset, into: row, valid: valid)
      }
      blank(row, valid, columns.count, scaling.offset)
    } write: { y, columns, scores, valid in
      try check()
      try rows.add(y, columns, scores, valid)
    } compute: { readRow, emit in
      try stitching.run(
        session, readRow: readRow,
        emit: { y, columns, scores in
          try emit(y, columns, scores)
          emitted += 1
          tell(progress.update(done: emitted, elapsed: ContinuousClock.now - start))
        }, poll: { try check() })
    }
    activity.computed(seconds: session.profile.reduce(0) { $0 + $1.seconds }, waits)
    return activity
  }
}

/// Pixels without data enter the network as black.
private func blank(
  _ row: UnsafeMutablePointer<Float>, _ valid: UnsafePointer<UInt8>, _ width: Int, _ black: [Float]
) {
  for x in 0..<width where valid[x] == 0 {
    for channel in black.indices { row[x * black.count + channel] = black[channel] }
  }
}
