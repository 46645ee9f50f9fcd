package import Engine
package import Graphs
package import Scenes
import Tensors

/// One pass over the whole scene in bands of rows: the network sees the scene padded by reflection at the bottom and right to the
/// modulus, and its own zero padding outside that. Column panels with a halo when full width exceeds the memory limit; the scores are
/// equal to the bit either way.
package struct ExactRun: Sendable {
  package let channels: Int
  /// Scores per pixel.
  package let scores: Int
  package let padding: ScenePadding
  package let panels: PanelGrid
  package let plan: Plan
  package let memory: RunMemory
  /// The whole of `memory`.
  package var predictedBytes: Int { memory.total }
  /// Multiply-adds of the run divided by those of one pass.
  package var arithmeticFactor: Double { panels.arithmeticFactor }

  /// - Parameters:
  ///   - halo: widens the halo of column panels beyond what the network needs.
  ///   - threads: those of the session that will run the plan.
  ///   - maximumBytes: the limit for `memory`.
  ///
  /// Errors: `notLocal` naming the layers, `memory` with the smallest limit that works.
  package init(
    _ model: SceneModel, size: PixelSize, geometry: SceneGeometry, halo wanted: Int = 0, threads: Int = 1,
    maximumBytes: Int
  ) throws(SegmentationError) {
    guard geometry.isLocal else {
      throw SegmentationError(
        .notLocal, geometry.blockers.first?.node ?? model.outputName, geometry.blockers.first?.reason ?? "not local")
    }
    (channels, scores) = (model.channels, model.scores)
    let modulus = PixelSize(width: geometry.columns.modulus, height: geometry.rows.modulus)
    padding = ScenePadding(size: size, modulus: modulus)
    let halo = (
      before: max(geometry.columns.alignedHaloBefore, wanted), after: max(geometry.columns.alignedHaloAfter, wanted)
    )
    var readWidth = padding.padded.width
    let minimum = PanelGrid.minimumReadWidth(
      width: size.width, haloBefore: halo.before, haloAfter: halo.after, modulus: modulus.width)
    while true {
      guard
        let panels = PanelGrid.fitting(
          width: size.width, maximumReadWidth: readWidth, haloBefore: halo.before, haloAfter: halo.after,
          modulus: modulus.width)
      else { preconditionFailure("the minimum of \(minimum) columns fits") }
      let plan = try model.plan(PixelSize(width: panels.readWidth, height: padding.padded.height))
      let memory = RunMemory(plan, threads: threads, rowBytes: ExactRun.rowBytes(padding, geometry, channels: channels))
      let bytes = memory.total
      if bytes <= maximumBytes {
        (self.panels, self.plan, self.memory) = (panels, plan, memory)
        return
      }
      guard panels.readWidth > minimum else {
        throw SegmentationError(.memory(needed: bytes), "memory", "\(maximumBytes) bytes are not enough")
      }
      let share = Double(max(maximumBytes - (bytes - memory.arena), 0)) / Double(max(memory.arena, 1))
      let next = min(Int(Double(panels.readWidth) * share), panels.readWidth - modulus.width)
      readWidth = max(next, minimum)
    }
  }

  /// Bytes of the rows that the reflection at the bottom shows again, and of the flags of rows between input and output.
  private static func rowBytes(_ padding: ScenePadding, _ geometry: SceneGeometry, channels: Int) -> Int {
    let rows = geometry.rows
    let between = min(padding.size.height, rows.alignedHaloBefore + rows.alignedHaloAfter + 16 * rows.modulus)
    return padding.padded.width * channels * MemoryLayout<Float>.stride * PaddedRows.capacity(padding)
      + padding.size.width * between
  }

  /// The columns of the scene that each panel needs, those included that the padding reflects.
  package var columnsRead: [Range<Int>] {
    let width = padding.size.width
    return panels.panels.map { panel in
      let upper = min(panel.read.upperBound, width)
      let reflected = panel.read.upperBound > width ? max(2 * width - 1 - panel.read.upperBound, 0) : upper
      return min(panel.read.lowerBound, reflected, upper - 1)..<upper
    }
  }

  /// Runs the scene.
  /// - Parameters:
  ///   - session: made from `plan`.
  ///   - readRow: writes scene row y into the `width * channels` floats of a row, at least the panel's `columnsRead`; rows come top to
  ///     bottom, once per panel.
  ///   - emit: takes the finished scores of row y for a range of columns; top to bottom, once per panel, the ranges of all panels
  ///     together cover the scene once.
  package func run(
    _ session: Session,
    readRow: (_ y: Int, _ row: UnsafeMutablePointer<Float>) throws -> Void,
    emit: (_ y: Int, _ columns: Range<Int>, _ scores: UnsafePointer<Float>) throws -> Void
  ) throws {
    for panel in panels.panels {
      var rows = PaddedRows(padding, channels: channels)
      try session.stream { (_, target) throws(any Error) in
        let row = try rows.next(readRow: readRow)
        target.update(
          from: row + panel.read.lowerBound * channels, count: panel.read.count * channels)
      } write: { (y, scores) throws(any Error) in
        guard y < padding.size.height else { return }
        try emit(y, panel.core, scores + (panel.core.lowerBound - panel.read.lowerBound) * self.scores)
      }
    }
  }
}
