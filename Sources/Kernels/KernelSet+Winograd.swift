import CKernels
package import Tensors

/// Winograd's minimal filtering of 3x3 kernels by one instruction set: the transforms around the matrix products.
///
/// A tile is `size` x `size` output pixels; it is computed at `points` points from `span` x `span` input pixels. Sizes 4 and 2 are
/// convolution with stride 1; size 8 is transposed convolution with stride 2. Source: Lavin and Gray 2016, arXiv 1509.09308.
package struct WinogradKernels: @unchecked Sendable {  // the C table is immutable and lives as long as the program
  /// Output pixels of a tile along an axis: 4, 2 or 8.
  package let size: Int
  /// Input pixels that a tile reads along an axis, and from a tile to the next.
  package let span: Int, step: Int
  private let axisPoints: Int, axisWeights: Int
  private let table: UnsafePointer<ck_winograd>

  init(_ table: UnsafePointer<ck_winograd>) {
    self.table = table
    (size, span) = (Int(table.pointee.size), Int(table.pointee.span))
    (step, axisPoints) = (Int(table.pointee.step), Int(table.pointee.points))
    axisWeights = Int(table.pointee.weight_points)
  }

  /// Points of a tile.
  package var points: Int { axisPoints * axisPoints }

  /// Points of the transformed weights; several points of a tile may use the same.
  package var weightPoints: Int { axisWeights * axisWeights }

  /// The weights that a point of a tile is multiplied by.
  package func weightPoint(of point: Int) -> Int {
    let (i, j) = (point / axisPoints, point % axisPoints)
    return min(i, axisWeights - 1) * axisWeights + min(j, axisWeights - 1)
  }

  /// Transforms a row of tiles: `points[point][t][c]`.
  /// - Parameters:
  ///   - rows: the first pixels of `span` input rows; tile t reads `span` pixels from `step` * t on
  ///   - pixelStride: from an input pixel to the next
  ///   - pointStride: from a point to the next
  ///   - tileStride: from a tile to the next
  package func transformInput(
    rows: UnsafePointer<UnsafePointer<Float>>, pixelStride: PixelStride, channels: Int, tiles: Int,
    points: UnsafeMutablePointer<Float>, pointStride: Int, tileStride: Int
  ) {
    table.pointee.input(
      rows, pixelStride.even, pixelStride.odd, channels, tiles, points, pointStride, tileStride)
  }

  /// `transformInput` to bfloat16.
  package func transformInput(
    rows: UnsafePointer<UnsafePointer<Float>>, pixelStride: PixelStride, channels: Int, tiles: Int,
    points: UnsafeMutablePointer<BFloat16>, pointStride: Int, tileStride: Int
  ) {
    table.pointee.input_half(
      rows, pixelStride.even, pixelStride.odd, channels, tiles, points.bits, pointStride, tileStride)
  }

  /// Transforms the 3x3 kernels from one input channel to up to `panel` output channels: `weights[point][n]`.
  /// - Parameters:
  ///   - kernel: `[tap][n]` with `count` values each, `tapStride` apart
  ///   - panel: a multiple of the lanes; what is beyond `count` becomes 0
  package func transformWeights(
    kernel: UnsafePointer<Float>, tapStride: Int, count: Int, panel: Int, weights: UnsafeMutablePointer<Float>,
    pointStride: Int
  ) {
    table.pointee.weights(kernel, tapStride, count, panel, weights, pointStride)
  }

  /// Transforms the products of a row of tiles into `clamp(result + bias, low, high)`.
  /// - Parameters:
  ///   - products: `[point][tile][n]`; `bias[n]`; both there up to the next multiple of the lanes
  ///   - rows: where the first pixels of `height` <= `size` output rows go
  ///   - pixels: output pixels of each row; the last tile may be cut
  package func transformOutput(
    products: UnsafePointer<Float>, pointStride: Int, tileStride: Int, bias: UnsafePointer<Float>,
    rows: UnsafePointer<UnsafeMutablePointer<Float>>, height: Int, pixelStride: Int, pixels: Int, channels: Int,
    low: Float, high: Float
  ) {
    table.pointee.output(
      products, pointStride, tileStride, bias, rows, height, pixelStride, pixels, channels, low, high)
  }

  /// `transformOutput`, and the largest of every 2 x 2 pixels, of those of them that there are; for sizes 4 and 2.
  /// - Parameters:
  ///   - rows: `nil` where only the largest are wanted
  ///   - pooled: where the first pixels of `pooledHeight` rows of the largest go, `pooledPixels` of each
  package func transformPooledOutput(
    products: UnsafePointer<Float>, pointStride: Int, tileStride: Int, bias: UnsafePointer<Float>,
    rows: UnsafePointer<UnsafeMutablePointer<Float>>?, pooled: UnsafePointer<UnsafeMutablePointer<Float>>, height: Int,
    pooledHeight: Int, pixelStride: Int, pixels: Int, pooledPixels: Int, channels: Int, low: Float, high: Float
  ) {
    guard let transform = table.pointee.pooled else { preconditionFailure("no pooling behind tiles of \(size)") }
    transform(
      products, pointStride, tileStride, bias, rows, pooled, height, pooledHeight, pixelStride, pixels, pooledPixels,
      channels, low, high)
  }
}

/// Floats from a pixel to the next, which alternates where pixels are read twice.
package struct PixelStride: Sendable, Hashable {
  /// To a pixel of even and of odd index, counted from the first one that is read.
  package let even: Int, odd: Int

  /// Pixels side by side.
  package init(_ stride: Int) { (even, odd) = (stride, stride) }

  /// Pixels that stand for two each, `first` being the index of the first one that is read among the two as many.
  package init(_ stride: Int, doubledFrom first: Int) { (even, odd) = first & 1 == 0 ? (stride, 0) : (0, stride) }
}

extension KernelSet {
  /// Minimal filtering with tiles of `size` output pixels a side: 4, 2 or 8.
  package func winograd(size: Int) -> WinogradKernels {
    precondition(size == 4 || size == 2 || size == 8)
    return WinogradKernels(ck_winograd_of(table, size == 4 ? 0 : size == 2 ? 1 : 2))
  }

  /// Widths of packed panels of transformed weights in output channels, widest first.
  package var productPanels: [Int] { [Int(ck_product_panel(table, 0)), Int(ck_product_panel(table, 1))] }

  /// Tiles of the register tile that goes with a panel width.
  package func productTile(panel: Int) -> Int { Int(ck_product_tile(table, productVariant(panel))) }

  private func productVariant(_ panel: Int) -> Int32 { panel == Int(ck_product_panel(table, 0)) ? 0 : 1 }

  /// The matrix product at one point: `products[t][n] = sum over k < depth of points[t * tileStride + k] * weights[k][n]`.
  ///
  /// `weights` is `[depth][panel]` and `products` `[tiles][panel]`, `panel` one of `productPanels`.
  package func multiply(
    points: UnsafePointer<Float>, tileStride: Int, depth: Int, weights: UnsafePointer<Float>,
    products: UnsafeMutablePointer<Float>, tiles: Int, panel: Int
  ) {
    ck_product_of(table, productVariant(panel))(points, tileStride, depth, weights, products, tiles)
  }

  /// True where bfloat16 is multiplied faster than float32.
  package var hasBFloat16: Bool { halfProducts != nil }

  /// The matrix product of bfloat16, summed in float32, where `hasBFloat16`: `depth` is even and `weights` is
  /// `[depth / 2][panel][2]`.
  package func multiply(
    points: UnsafePointer<BFloat16>, tileStride: Int, depth: Int, weights: UnsafePointer<BFloat16>,
    products: UnsafeMutablePointer<Float>, tiles: Int, panel: Int
  ) {
    guard let halfProducts else { preconditionFailure("these kernels have no bfloat16") }
    let product = panel == productPanels[0] ? halfProducts.wide : halfProducts.narrow
    product(points.bits, tileStride, depth, weights.bits, products, tiles)
  }

  /// `pairs[n][0] = even[n]` and `pairs[n][1] = odd[n]`, rounded to bfloat16.
  package func packHalves(
    even: UnsafePointer<Float>, odd: UnsafePointer<Float>, pairs: UnsafeMutablePointer<BFloat16>, count: Int
  ) {
    table.pointee.pack_halves(even, odd, pairs.bits, count)
  }
}

extension UnsafePointer<BFloat16> {
  /// As C has them.
  fileprivate var bits: UnsafePointer<UInt16> { UnsafeRawPointer(self).assumingMemoryBound(to: UInt16.self) }
}

extension UnsafeMutablePointer<BFloat16> {
  /// As C has them.
  fileprivate var bits: UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: UInt16.self)
  }
}
