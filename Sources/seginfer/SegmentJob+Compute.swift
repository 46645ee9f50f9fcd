import Engine
import Glibc
import Rasters
import Scenes
import Segmentation

extension SegmentJob {
  /// Runs the network over the scene; every score has been classified, and most are written, on return.
  func compute(_ run: consuming PreparedRun, _ rows: MaskRows) throws -> Activity {
    let (stitching, reader, scaling, areas) = (run.stitching, run.reader, run.scaling, run.areas)
    let session = try engine(options.model ?? LoadedModel.bundledName) { () throws(EngineError) in
      try Session(stitching.plan, threads: options.threads.count)
    }
    session.profiling = true
    let style = options.progress ?? (options.common.quiet || isatty(STDERR_FILENO) == 0 ? .none : .bar)
    var progress = ProgressLine(
      rows: reader.height * stitching.passes.count, pixels: reader.width * reader.height, pixelArea: areas?.mean,
      style: style)
    // Also before an error, whose line must not continue the bar's.
    defer { progress.finish() }
    var activity = Activity()
    var emitted = 0
    let waits = try run.pipeline.run(passes: stitching.passes) { y, columns, row, valid in
      try Interruption.check()
      try wrapping { () throws(RasterError) in
        try reader.readRows(
          y..<y + 1, columns: columns, scale: scaling.scale, offset: scaling.offset, into: row, valid: valid)
      }
      blank(row, valid, columns.count, scaling.offset)
    } write: { y, columns, scores, valid in
      try Interruption.check()
      try rows.add(y, columns, scores, valid)
    } compute: { readRow, emit in
      try stitching.run(
        session, readRow: readRow,
        emit: { y, columns, scores in
          try emit(y, columns, scores)
          emitted += 1
          progress.update(done: emitted)
        }, poll: Interruption.check)
    }
    activity.computed(seconds: session.profile.reduce(0) { $0 + $1.seconds }, waits)
    return activity
  }

  /// Builds the output, unless a signal comes.
  func finish(_ writer: MaskWriter) throws {
    do { try writer.finish(isCancelled: { Interruption.isPending }) } catch {
      try Interruption.check()
      throw Failure(error)
    }
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
