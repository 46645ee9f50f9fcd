import Tensors

/// How a band is cut into blocks: panel groups, within them groups of rows, within them segments of columns.
///
/// It depends on shapes alone. Panel groups come first, so that blocks claimed one after another share weights.
struct BlockGrid: Sendable, Hashable {
  /// Multiply-adds that a block should hold at least: some 20 microseconds of one core.
  static let blockWork = 1 << 20
  /// Packed weights that a block may read over and over from the second-level cache.
  static let cachedWeights = 384 << 10

  /// Columns of the whole row and of a segment.
  let width: Int, segment: Int
  /// Rows of a group.
  let height: Int
  /// Panels in all and of a group.
  let panels: Int, panelGroup: Int

  /// - Parameters:
  ///   - width: columns of a row
  ///   - panels: how many weight panels there are
  ///   - panelWork: multiply-adds of one panel for one pixel
  ///   - panelBytes: bytes of one panel's weights
  ///   - tile: pixels of a register tile
  init(width: Int, panels: Int, panelWork: Int, panelBytes: Int, tile: Int) {
    (self.width, self.panels) = (max(width, 1), max(panels, 1))
    panelGroup = min(max(BlockGrid.cachedWeights / max(panelBytes, 1), 1), self.panels)
    // At least four tiles for each weight that is fetched.
    let pixels = max(BlockGrid.blockWork / max(panelGroup * panelWork, 1), 4 * tile)
    let segments = max(self.width / pixels, 1)
    let even = self.width.dividedUp(by: segments)
    segment = segments == 1 ? self.width : even.roundedUp(to: tile)
    height = segments == 1 ? max(pixels / self.width, 1) : 1
  }

  var segments: Int { width.dividedUp(by: segment) }
  var panelGroups: Int { panels.dividedUp(by: panelGroup) }

  func blocks(rows: Int) -> Int { panelGroups * rowGroups(rows) * segments }

  private func rowGroups(_ rows: Int) -> Int { rows.dividedUp(by: height) }

  /// The panels, rows (counted from the band's first) and columns of a block.
  typealias Part = (panels: Range<Int>, rows: Range<Int>, columns: Range<Int>)

  /// A block of a band of `rows` rows.
  func part(_ block: Int, rows: Int) -> Part {
    let column = block % segments * segment
    let row = block / segments % rowGroups(rows) * height
    let panel = block / segments / rowGroups(rows) * panelGroup
    return (
      panel..<min(panel + panelGroup, panels), row..<min(row + height, rows), column..<min(column + segment, width)
    )
  }
}
