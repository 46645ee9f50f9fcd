import Rasters
import Scenes
import Segmentation

/// The memory of a run, predicted part by part before it starts.
struct MemoryPlan {
  /// The most that was held while the model was loaded.
  let loading: Int
  /// The process as it stands, but for the model's weights, which are packed and let go when the run begins, and with the code of
  /// libraries that the run will touch first.
  let program: Int
  /// GDAL's cache, and the rows of blocks that are decoded together.
  let decoding: Int
  /// Rows read ahead, rows not yet written, rows written together, and sums of the pixels written.
  let queues: Int
  /// What building the output takes at the end, when the network's memory is free again.
  let finishing: Int

  /// Code and tables of GDAL, the C library and this program that are paged in while a scene is run.
  private static let untouchedCode = 4 << 20

  /// Takes the process as it is: to be made when the model is loaded and the scene is open. `statistics` are the bytes of what is counted of pixels.
  init(
    _ options: Segment, _ model: SceneModel, _ reader: RasterReader, format: MaskFormat, pipeline: ScenePipeline,
    rowsPerWrite: Int, statistics: Int
  ) {
    loading = peakResidentBytes()
    program = residentBytes() - model.weightBytes + MemoryPlan.untouchedCode
    decoding = reader.cacheBytes + reader.bufferBytes
    queues = pipeline.bytes + rowsPerWrite * reader.width + statistics
    finishing = MaskWriter.finishBytes(
      format, pixels: reader.width * reader.height, threads: options.threads.count)
  }

  /// The peak of a run of which the network's part is `run`.
  func total(_ run: Int) -> Int { max(loading, program + decoding + max(queues + run, finishing)) }

  /// What a limit leaves to the network's part; 0 when nothing.
  func left(of limit: Int) -> Int {
    total(0) > limit ? 0 : limit - program - decoding - queues
  }

  /// A limit that leaves `needed` to the network's part, with room for what varies from one run to the next; `nil` when it is beyond any.
  func smallestLimit(_ needed: Int) -> Int? {
    let variation = 6 << 20
    return needed < .max >> 1 ? total(needed) + variation : nil
  }

  /// Lines for `--plan`, the total first.
  func text(_ run: RunMemory) -> [String] {
    let peak = total(run.total)
    var parts = [
      ("program", program), ("rings and scratch", run.arena), ("packed weights", run.packedWeights),
      ("rows", run.rows), ("queues", queues), ("decoding", decoding),
    ]
    if peak == loading { parts.append(("while the model was loaded", loading)) }
    if finishing > queues + run.total { parts.append(("building the output at the end", finishing)) }
    return ["memory: \(mebibytes(peak))"] + parts.map { "  \($0.0): \(mebibytes($0.1))" }
  }
}
