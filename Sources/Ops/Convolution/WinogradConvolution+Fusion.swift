import Graphs
import Kernels
import Tensors

extension WinogradConvolution {
  /// The largest of every 2 x 2 pixels, which are made as well.
  struct Pooling: Sendable {
    /// Rows and pixels of a row of the result.
    let rows: Int, width: Int
    /// False where the pixels themselves are not wanted.
    let keepsPixels: Bool
  }

  /// Reads the image that `producer` enlarges: each of its pixels stands for 2 x 2.
  func fusedWithProducer(_ producer: any Step, at place: Int) -> (any Step)? {
    guard case .upsampling(by: 2, width: let width) = producer.meaning, tile.step == tile.size, grid.dilation == 1,
      !sources[place].isDoubled
    else {
      return nil
    }
    var result = self
    result.sources[place].isDoubled = true
    var input = inputs[place]
    guard let rows = input.rows, rows.den == 1 else { return nil }
    // The image's pixels are those of the enlarged one over 2, rounded down; so are the margins' ends.
    let end = width * 2 + input.marginRight - 1
    input = StepInput(
      producer.inputs[0].index, rows: AxisReach(num: rows.num, den: 2, low: rows.low, high: rows.high, grid: rows.grid),
      marginLeft: input.marginLeft.dividedUp(by: 2), marginRight: end / 2 + 1 - width)
    result.inputs[place] = input
    result.kernel += " doubled"
    return result
  }

  /// Makes the largest of every 2 x 2 pixels where their tile is.
  func fusedWithConsumer(_ consumer: any Step, keepingOwn: Bool) -> (any Step)? {
    guard case .maxPooling2x2(let rows, let width) = consumer.meaning, tile.step == tile.size, grid.dilation == 1,
      case .clamp = epilogue
    else { return nil }
    var result = self
    result.pooling = Pooling(rows: rows, width: width, keepsPixels: keepingOwn)
    result.kernel += keepingOwn ? " + max" : " -> max"
    return result
  }

  /// Stores the largest of every 2 x 2 pixels, and the pixels where they are wanted.
  func storePooled(
    _ pooling: Pooling, _ tiles: Range<Int>, _ index: Int, _ band: borrowing Band, _ products: UnsafePointer<Float>,
    _ productStride: Int
  ) {
    guard let companion = band.companion else { preconditionFailure("\(kernel) has nowhere to store") }
    let (output, bandRows, panel) = (band.output, band.rows, weights.panels[index])
    let (low, high) = epilogue.bounds
    grid.stretches(tiles) { row, x, first, count in
      let y = bandRows.lowerBound + row
      let height = min(grid.size, bandRows.upperBound - y)
      let pooledHeight = min(height.dividedUp(by: 2), pooling.rows - y / 2)
      let pixels = min(count * grid.size, width - x)
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: 2 * grid.size) { rows in
        let pooled = rows.baseAddress! + grid.size
        if pooling.keepsPixels {
          for i in 0..<height { rows.initializeElement(at: i, to: output.floats(y + i) + (x * channels + panel.first)) }
        }
        for i in 0..<pooledHeight {
          (pooled + i).initialize(to: companion.floats(y / 2 + i) + (x / 2 * channels + panel.first))
        }
        tile.transformPooledOutput(
          products: products + first * panel.width, pointStride: productStride, tileStride: panel.width,
          bias: weights.bias(index), rows: pooling.keepsPixels ? UnsafePointer(rows.baseAddress!) : nil,
          pooled: UnsafePointer(pooled), height: height, pooledHeight: pooledHeight, pixelStride: channels,
          pixels: pixels, pooledPixels: min(pixels.dividedUp(by: 2), pooling.width - x / 2), channels: panel.count,
          low: low,
          high: high)
      }
    }
  }
}
