import Tensors

/// How the tiles of a band are cut into blocks, by shapes alone; tiles are numbered row by row.
///
/// With a dilation, the image is as many images side by side, of every `dilation`-th pixel, each with tiles of its own: rows and
/// columns of tiles take turns among them.
///
/// A layer whose weights are small goes in one round: a block transforms a group of tiles and multiplies them by all panels, all
/// within the second-level cache. A layer with large weights goes in two: the tiles of the whole band are transformed into shared
/// memory, then each block multiplies a large group of them by one panel, so that weights are fetched once for many tiles, by
/// whichever threads are free.
struct TileGrid: Sendable {
  /// Weights above this go panel by panel: they would not stay in the outer caches while groups of tiles go by.
  private static let streamedWeights = 12 << 20
  /// Transformed input that a block of a single round keeps.
  private static let cachedPoints = 288 << 10
  /// Tiles that share one fetch of a panel's weights.
  private static let streamedTiles = 48
  /// Channels and tiles of a block of the round that transforms.
  private static let transformedChannels = 128, transformedTiles = 16

  /// Output pixels of a tile along an axis, and points.
  let size: Int, points: Int
  /// From an output pixel of a tile to the next.
  let dilation: Pair
  /// Tiles that touch each other, of every `dilation`-th pixel of a row, and all tiles of a row of tiles.
  let tilesPerLine: Int, tilesPerRow: Int
  let panels: Int, depth: Int
  /// Tiles of a group.
  let group: Int
  /// True for two rounds.
  let isShared: Bool
  /// Elements from a tile to the next among the transformed: rows a cache line off a power of two.
  let tileStride: Int
  /// Bytes of a transformed value.
  let elementBytes: Int

  init(
    size: Int, points: Int, dilation: Pair, width: Int, depth: Int, panels: Int, weightBytes: Int, registerTile: Int,
    lanes: Int, elementBytes: Int
  ) {
    (self.size, self.points, self.dilation) = (size, points, dilation)
    (self.depth, self.panels) = (depth, panels)
    tilesPerLine = width.dividedUp(by: size * dilation.width)
    tilesPerRow = tilesPerLine * dilation.width
    self.elementBytes = elementBytes
    let line = 64 / elementBytes, lines = (depth + max(lanes, line) - 1) / line
    tileStride = (lines + (lines % 2 == 0 ? 1 : 2)) * line
    isShared = weightBytes > TileGrid.streamedWeights
    let cached = TileGrid.cachedPoints / (points * tileStride * elementBytes)
    let least = points > 36 ? registerTile : 2 * registerTile
    let tiles = isShared ? TileGrid.streamedTiles : min(max(cached, least), TileGrid.streamedTiles)
    group = tiles / registerTile * registerTile
  }

  var rounds: Int { isShared ? 2 : 1 }

  /// Output rows whose tiles are whole.
  var grain: Int { size * dilation.height }

  /// The fewest rows whose tiles fill whole groups, up to four grains: a rest would leave threads waiting. A single grain where none do,
  /// where groups are many enough for a rest not to matter, and where a band goes panel by panel.
  var evenRows: Int {
    let manyGroups = 8, tiles = tiles(rows: grain)
    guard !isShared, tiles < manyGroups * group else { return grain }
    return (1...4).first { $0 * tiles % group == 0 }.map { $0 * grain } ?? grain
  }

  func tiles(rows: Int) -> Int { rows.dividedUp(by: grain) * dilation.height * tilesPerRow }

  /// Elements from a point to the next for this many tiles; slices are kept off each other's cache sets.
  func pointStride(tiles: Int) -> Int { tiles * tileStride + 192 / elementBytes }

  /// Bytes of the transformed input.
  func pointBytes(tiles: Int) -> Int { points * pointStride(tiles: tiles) * elementBytes }

  /// Floats from a point to the next among the products of a group.
  func productStride(panel: Int) -> Int { group * panel + 48 }

  private func groups(rows: Int) -> Int { tiles(rows: rows).dividedUp(by: group) }
  private var slices: Int { depth.dividedUp(by: TileGrid.transformedChannels) }

  func blocks(rows: Int, round: Int) -> Int {
    if !isShared { return groups(rows: rows) }
    if round == 1 { return panels * groups(rows: rows) }
    return slices * tiles(rows: rows).dividedUp(by: TileGrid.transformedTiles)
  }

  /// The tiles and channels that a block of the round that transforms takes.
  func transformed(block: Int, rows: Int) -> (tiles: Range<Int>, channels: Range<Int>) {
    let first = block / slices * TileGrid.transformedTiles
    let channel = block % slices * TileGrid.transformedChannels
    return (
      first..<min(first + TileGrid.transformedTiles, tiles(rows: rows)),
      channel..<min(channel + TileGrid.transformedChannels, depth)
    )
  }

  /// The tiles and panels that a block of the round that multiplies takes. Blocks that follow each other share a panel.
  func multiplied(block: Int, rows: Int) -> (tiles: Range<Int>, panels: Range<Int>) {
    let groups = groups(rows: rows)
    let first = block % groups * group
    let panel = block / groups
    return (first..<min(first + group, tiles(rows: rows)), isShared ? panel..<panel + 1 : 0..<panels)
  }

  /// Stretches of tiles that touch each other, with the first pixel of each: its row, counted from the band's first, and its column.
  func stretches(_ tiles: Range<Int>, _ body: (_ row: Int, _ column: Int, _ first: Int, _ count: Int) -> Void) {
    var tile = tiles.lowerBound
    while tile < tiles.upperBound {
      let (line, place) = tile.quotientAndRemainder(dividingBy: tilesPerLine)
      let (tileRow, left) = line.quotientAndRemainder(dividingBy: dilation.width)
      let (group, top) = tileRow.quotientAndRemainder(dividingBy: dilation.height)
      let count = min(tilesPerLine - place, tiles.upperBound - tile)
      body(group * grain + top, place * size * dilation.width + left, tile - tiles.lowerBound, count)
      tile += count
    }
  }
}
