import CKernels

/// Winograd's minimal filtering F(m x m, 3x3) of one instruction set: the transforms around the matrix products.
///
/// A tile is m x m output pixels; it is computed at (m + 2)² points from m + 2 input pixels a side. Source: Lavin and
/// Gray 2016, arXiv 1509.09308.
public struct WinogradKernels: @unchecked Sendable {  // the C table is immutable and lives as long as the program
  /// Output pixels of a tile along an axis: 4 or 2.
  public let size: Int
  private let table: UnsafePointer<ck_winograd>

  init(_ table: UnsafePointer<ck_winograd>) { (size, self.table) = (Int(table.pointee.size), table) }

  /// (m + 2)².
  public var points: Int { (size + 2) * (size + 2) }

  /// Transforms a row of tiles: `points[i * (m + 2) + j][t][c]`.
  /// - Parameters:
  ///   - rows: the first pixels of m + 2 input rows; tile t reads m + 2 pixels from m * t on
  ///   - pixelStride: from an input pixel to the next
  ///   - pointStride: from a point to the next
  ///   - tileStride: from a tile to the next
  public func transformInput(
    rows: UnsafePointer<UnsafePointer<Float>>, pixelStride: Int, channels: Int, tiles: Int,
    points: UnsafeMutablePointer<Float>, pointStride: Int, tileStride: Int
  ) {
    table.pointee.input(rows, pixelStride, channels, tiles, points, pointStride, tileStride)
  }

  /// Transforms the 3x3 kernels from one input channel to up to `panel` output channels: `weights[point][n]`.
  /// - Parameters:
  ///   - kernel: `[tap][n]` with `count` values each, `tapStride` apart
  ///   - panel: a multiple of the lanes; what is beyond `count` becomes 0
  public func transformWeights(
    kernel: UnsafePointer<Float>, tapStride: Int, count: Int, panel: Int, weights: UnsafeMutablePointer<Float>,
    pointStride: Int
  ) {
    table.pointee.weights(kernel, tapStride, count, panel, weights, pointStride)
  }

  /// Transforms the products of a row of tiles into `clamp(result + bias, low, high)`.
  /// - Parameters:
  ///   - products: `[point][tile][n]`; `bias[n]`; both there up to the next multiple of the lanes
  ///   - rows: where the first pixels of `height` <= m output rows go
  ///   - pixels: output pixels of each row; the last tile may be cut
  public func transformOutput(
    products: UnsafePointer<Float>, pointStride: Int, tileStride: Int, bias: UnsafePointer<Float>,
    rows: UnsafePointer<UnsafeMutablePointer<Float>>, height: Int, pixelStride: Int, pixels: Int, channels: Int,
    low: Float, high: Float
  ) {
    table.pointee.output(
      products, pointStride, tileStride, bias, rows, height, pixelStride, pixels, channels, low, high)
  }
}

extension KernelSet {
  /// Minimal filtering with tiles of `size` output pixels a side: 4 or 2.
  public func winograd(size: Int) -> WinogradKernels {
    precondition(size == 4 || size == 2)
    return WinogradKernels(ck_winograd_of(table, size == 4 ? 0 : 1))
  }

  /// The matrix product at one point: `products[t][n] = sum over k < depth of points[t * tileStride + k] * weights[k][n]`.
  ///
  /// `weights` is `[depth][panel]` and `products` `[tiles][panel]`, `panel` one of `panels`.
  public func multiply(
    points: UnsafePointer<Float>, tileStride: Int, depth: Int, weights: UnsafePointer<Float>,
    products: UnsafeMutablePointer<Float>, tiles: Int, panel: Int
  ) {
    ck_winograd_multiply_of(table, panel == panels[0] ? 0 : 1)(points, tileStride, depth, weights, products, tiles)
  }
}
