import Kernels
import Tensors

/// What transformed inputs and weights are held in: float32 or bfloat16.
protocol Transformed {
  static func transform(
    _ tile: WinogradKernels, rows: UnsafePointer<UnsafePointer<Float>>, pixelStride: PixelStride, channels: Int,
    tiles: Int, points: UnsafeMutablePointer<Self>, pointStride: Int, tileStride: Int)

  static func multiply(
    _ kernels: KernelSet, points: UnsafePointer<Self>, tileStride: Int, depth: Int, weights: UnsafePointer<Self>,
    products: UnsafeMutablePointer<Float>, tiles: Int, panel: Int)
}

extension Float: Transformed {
  @inline(__always) static func transform(
    _ tile: WinogradKernels, rows: UnsafePointer<UnsafePointer<Float>>, pixelStride: PixelStride, channels: Int,
    tiles: Int, points: UnsafeMutablePointer<Float>, pointStride: Int, tileStride: Int
  ) {
    tile.transformInput(
      rows: rows, pixelStride: pixelStride, channels: channels, tiles: tiles, points: points, pointStride: pointStride,
      tileStride: tileStride)
  }

  @inline(__always) static func multiply(
    _ kernels: KernelSet, points: UnsafePointer<Float>, tileStride: Int, depth: Int, weights: UnsafePointer<Float>,
    products: UnsafeMutablePointer<Float>, tiles: Int, panel: Int
  ) {
    kernels.multiply(
      points: points, tileStride: tileStride, depth: depth, weights: weights, products: products, tiles: tiles,
      panel: panel)
  }
}

extension BFloat16: Transformed {
  @inline(__always) static func transform(
    _ tile: WinogradKernels, rows: UnsafePointer<UnsafePointer<Float>>, pixelStride: PixelStride, channels: Int,
    tiles: Int, points: UnsafeMutablePointer<BFloat16>, pointStride: Int, tileStride: Int
  ) {
    tile.transformInput(
      rows: rows, pixelStride: pixelStride, channels: channels, tiles: tiles, points: points, pointStride: pointStride,
      tileStride: tileStride)
  }

  @inline(__always) static func multiply(
    _ kernels: KernelSet, points: UnsafePointer<BFloat16>, tileStride: Int, depth: Int,
    weights: UnsafePointer<BFloat16>,
    products: UnsafeMutablePointer<Float>, tiles: Int, panel: Int
  ) {
    kernels.multiply(
      points: points, tileStride: tileStride, depth: depth, weights: weights, products: products, tiles: tiles,
      panel: panel)
  }
}
