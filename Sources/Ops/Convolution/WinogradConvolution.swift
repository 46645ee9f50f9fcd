import Graphs
import Kernels
import Tensors

/// 3x3 convolution with stride 1, dilated or not, or transposed with stride 2, by minimal filtering: tiles of the inputs are
/// transformed, multiplied point by point, transformed back, all while a group of them is in cache.
///
/// Tiles lie on a grid that begins at the image's corner. Those that extend beyond the image go through the same arithmetic, with
/// zeros for what is outside, and are cut when they are stored.
struct WinogradConvolution: Step {
  var inputs: [StepInput]
  var kernel: String
  let kernels: KernelSet
  let tile: WinogradKernels
  let weights: WinogradWeights
  let epilogue: Activation.Epilogue
  var sources: [Source]
  /// Zero pixels before the first input row and column.
  let before: Pair
  /// Width and channels of an output row.
  let width: Int, channels: Int
  let grid: TileGrid
  let cost: StepCost
  var pooling: Pooling?

  /// An image that is read.
  struct Source: Sendable {
    let channels: Int
    /// True where each pixel stands for 2 x 2.
    var isDoubled = false
  }

  /// - Parameters:
  ///   - dilation: 1 for a transposed convolution
  ///   - rows: what output rows read, in groups of a tile
  ///   - before: zero pixels that the first tile reads before the first input row and column
  ///   - input: pixels of an input row
  ///   - width: pixels of an output row
  init(
    kernels: KernelSet, tile: WinogradKernels, weights: WinogradWeights, sources: [Int], dilation: Pair = 1,
    rows: AxisReach, before: Pair, input: Int, width: Int, channels: Int, activation: Activation
  ) {
    (self.kernels, self.tile, self.weights) = (kernels, tile, weights)
    self.sources = sources.map { Source(channels: $0) }
    (self.before, self.width, self.channels) = (before, width, channels)
    epilogue = activation.epilogue
    let panel = weights.panels[0].width
    grid = TileGrid(
      size: tile.size, points: tile.points, dilation: dilation, width: width, depth: weights.depth,
      panels: weights.panels.count,
      weightBytes: weights.byteCount, registerTile: kernels.productTile(panel: panel), lanes: kernels.lanes,
      elementBytes: weights.precision == .bfloat16 ? 2 : 4)
    let end = ((grid.tilesPerLine - 1) * tile.step + tile.span) * dilation.width - before.width
    inputs = sources.indices.map {
      StepInput($0, rows: rows, marginLeft: before.width, marginRight: max(end - input, 0))
    }
    cost = StepCost(
      workPerRow: max(weights.depth * channels * grid.tilesPerRow * grid.points / tile.size, 1), evenRows: grid.evenRows
    )
    kernel =
      "winograd \(tile.size)x\(tile.size) \(kernels.productTile(panel: panel))x\(panel)"
      + (weights.precision == .bfloat16 ? " bf16" : "") + (grid.isShared ? " shared" : "")
  }

  var grain: Int { grid.grain }
  var rounds: Int { grid.rounds }
  private var productBytes: Int {
    grid.points * grid.productStride(panel: weights.panels[0].width) * MemoryLayout<Float>.stride
  }

  /// Products, and the transformed tiles of a group, or of the whole band.
  var memory: StepMemory {
    guard grid.isShared else {
      return StepMemory(weights: weights.byteCount, scratch: productBytes + grid.pointBytes(tiles: grid.group))
    }
    let none = grid.pointBytes(tiles: 0)
    return StepMemory(
      weights: weights.byteCount, scratch: productBytes, shared: none,
      sharedPerGrain: grid.pointBytes(tiles: grid.tiles(rows: grain)) - none)
  }

  func blocks(rows: Int, round: Int) -> Int { grid.blocks(rows: rows, round: round) }

  func load() { weights.load() }

  func run(block: Int, of band: borrowing Band) {
    switch weights.precision {
    case .float32: run(block, band, of: Float.self)
    case .bfloat16: run(block, band, of: BFloat16.self)
    }
  }

  @inline(__always)
  private func run<Element: Transformed>(_ block: Int, _ band: borrowing Band, of: Element.Type) {
    let rows = band.rows.count
    guard grid.isShared else {
      let part = grid.multiplied(block: block, rows: rows)
      let points = (band.scratch + productBytes).assumingMemoryBound(to: Element.self)
      let stride = grid.pointStride(tiles: grid.group)
      transform(part.tiles, channels: 0..<weights.depth, band, to: points, pointStride: stride)
      return multiply(part.tiles, panels: part.panels, band, points, pointStride: stride)
    }
    let points = band.shared.assumingMemoryBound(to: Element.self)
    let stride = grid.pointStride(tiles: grid.tiles(rows: rows))
    if band.round == 0 {
      let part = grid.transformed(block: block, rows: rows)
      transform(
        part.tiles, channels: part.channels, band, to: points + part.tiles.lowerBound * grid.tileStride,
        pointStride: stride)
    } else {
      let part = grid.multiplied(block: block, rows: rows)
      multiply(
        part.tiles, panels: part.panels, band, points + part.tiles.lowerBound * grid.tileStride, pointStride: stride)
    }
  }

  /// Transforms input channels, counted through all sources, of some tiles.
  @inline(__always)
  private func transform<Element: Transformed>(
    _ tiles: Range<Int>, channels: Range<Int>, _ band: borrowing Band, to points: UnsafeMutablePointer<Element>,
    pointStride: Int
  ) {
    let (inputs, bandRows, dilation) = (band.inputs, band.rows, grid.dilation)
    grid.stretches(tiles) { row, column, first, count in
      let y = under(bandRows.lowerBound + row) - before.height
      let x = under(column) - before.width
      var channel = 0
      for (index, source) in sources.enumerated() {
        let pitch = source.channels, shift = source.isDoubled ? 1 : 0
        let part = channels.clamped(to: channel..<channel + pitch)
        if !part.isEmpty {
          withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: tile.span) { rows in
            for i in 0..<tile.span {
              let row =
                inputs[index].floats((y + i * dilation.height) >> shift)
                + ((x >> shift) * pitch + part.lowerBound - channel)
              rows.initializeElement(at: i, to: UnsafePointer(row))
            }
            Element.transform(
              tile, rows: UnsafePointer(rows.baseAddress!),
              pixelStride: source.isDoubled ? PixelStride(pitch, doubledFrom: x) : PixelStride(pitch * dilation.width),
              channels: part.count, tiles: count, points: points + (first * grid.tileStride + part.lowerBound),
              pointStride: pointStride, tileStride: grid.tileStride)
          }
        }
        channel += pitch
      }
    }
  }

  /// The input pixel, beside `before`, at which a tile begins whose first output pixel this is.
  private func under(_ output: Int) -> Int { tile.step == tile.size ? output : output / tile.size * tile.step }

  /// Multiplies transformed tiles by panels of weights and stores the pixels.
  @inline(__always)
  private func multiply<Element: Transformed>(
    _ tiles: Range<Int>, panels: Range<Int>, _ band: borrowing Band, _ points: UnsafePointer<Element>, pointStride: Int
  ) {
    let products = band.scratch.assumingMemoryBound(to: Float.self)
    for index in panels {
      let panel = weights.panels[index]
      let productStride = grid.productStride(panel: panel.width)
      for point in 0..<grid.points {
        Element.multiply(
          kernels, points: points + point * pointStride, tileStride: grid.tileStride, depth: weights.depth,
          weights: UnsafeRawPointer(weights.panel(index, point: tile.weightPoint(of: point)))
            .assumingMemoryBound(to: Element.self), products: products + point * productStride, tiles: tiles.count,
          panel: panel.width)
      }
      store(tiles, index, band, products, productStride)
    }
  }

  private func store(
    _ tiles: Range<Int>, _ index: Int, _ band: borrowing Band, _ products: UnsafePointer<Float>, _ productStride: Int
  ) {
    if let pooling { return storePooled(pooling, tiles, index, band, products, productStride) }
    let (output, bandRows, panel) = (band.output, band.rows, weights.panels[index])
    let (low, high) = epilogue.bounds
    let (dilation, pixelStride) = (grid.dilation, grid.dilation.width * channels)
    grid.stretches(tiles) { row, x, first, count in
      let y = bandRows.lowerBound + row
      let height = min(grid.size, (bandRows.upperBound - y).dividedUp(by: dilation.height))
      let pixels = min(count * grid.size, (width - x).dividedUp(by: dilation.width))
      guard height > 0, pixels > 0 else { return }
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: grid.size) { rows in
        for i in 0..<height {
          rows.initializeElement(at: i, to: output.floats(y + i * dilation.height) + (x * channels + panel.first))
        }
        tile.transformOutput(
          products: products + first * panel.width, pointStride: productStride, tileStride: panel.width,
          bias: weights.bias(index), rows: UnsafePointer(rows.baseAddress!), height: height,
          pixelStride: pixelStride, pixels: pixels, channels: panel.count, low: low, high: high)
        guard case .function = epilogue else { return }
        for i in 0..<height {
          for p in 0..<pixels { epilogue.finish(rows[i] + p * pixelStride, count: panel.count, kernels) }
        }
      }
    }
  }
}
