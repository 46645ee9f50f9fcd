import Networks
import Platform
import Rasters
import Scenes
import Segmentation

/// The memory of a run, predicted part by part before it starts, in bytes.
public struct MemoryForecast: Sendable, Hashable {
  /// The most that was held while the model was loaded, where the caller counts that.
  public let loading: Int
  /// What the process holds beside the run, where the caller counts that, but for the model's weights, which are packed and let go when the
  /// run begins, and with the code of libraries that the run will touch first.
  public let program: Int
  /// GDAL's cache, and the rows of blocks that are decoded together.
  public let decoding: Int
  /// Rows read ahead, rows not yet written, rows written together, and sums of the pixels written.
  public let queues: Int
  /// What building the output takes at the end, when the network's memory is free again.
  public let finishing: Int
  /// The network's part: rings and scratch memory, packed weights, and rows outside of these.
  public internal(set) var rings = 0, packedWeights = 0, rows = 0

  /// Code and tables of GDAL, the C library and this program that are paged in while a scene is run.
  private static let untouchedCode = 4 << 20

  /// `statistics` are the bytes of what is counted of pixels.
  init(
    _ baseline: MemoryBaseline?, _ model: SceneModel, _ reader: RasterReader, format: MaskFormat,
    pipeline: ScenePipeline, rowsPerWrite: Int, statistics: Int, threads: Int
  ) {
    func known(_ bytes: Int) -> Int { min(max(bytes, 0), 1 << 60) }
    loading = known(baseline?.peak ?? 0)
    program = baseline.map { known($0.held) - model.weightBytes + MemoryForecast.untouchedCode } ?? 0
    decoding = reader.cacheBytes + reader.bufferBytes
    queues = pipeline.bytes + rowsPerWrite * reader.width + statistics
    finishing = MaskWriter.finishBytes(format, pixels: reader.width * reader.height, threads: threads)
  }

  mutating func add(_ run: RunMemory) { (rings, packedWeights, rows) = (run.arena, run.packedWeights, run.rows) }

  /// The network's part.
  public var network: Int { rings + packedWeights + rows }
  /// The peak of the run.
  public var total: Int { total(network) }

  private func total(_ network: Int) -> Int {
    max(loading, program + decoding + max(queues + network, finishing))
  }

  /// What a limit leaves to the network's part.
  func share(of limit: Int) -> MemoryShare {
    let left = total(0) > limit ? 0 : limit - program - decoding - queues
    // Room for what varies from one run to the next.
    let variation = 6 << 20
    return MemoryShare(left: left, of: limit) { needed in needed < .max >> 1 ? total(needed) + variation : nil }
  }

  /// The parts by name, for a list; those that make the peak.
  package var parts: [(name: String, bytes: Int)] {
    var parts = [
      ("program", program), ("rings and scratch", rings), ("packed weights", packedWeights), ("rows", rows),
      ("queues", queues), ("decoding", decoding),
    ]
    if total == loading { parts.append(("while the model was loaded", loading)) }
    if finishing > queues + network { parts.append(("building the output at the end", finishing)) }
    return parts
  }
}
