import Kernels
import Tensors

/// One tile of pixels through a layer's real weights, by minimal filtering and directly.
struct WinogradProbe {
  /// Largest difference, relative to the root mean square of all results, beside that relative to a result itself.
  static let absolute: Float = 1e-4, relative: Float = 1e-3

  private let filtered: [Float], direct: [Float]

  /// - Parameter kernel: HWIO, 3x3
  init(tile size: Int, kernel: Tensor, kernels: KernelSet = .current) {
    let tile = kernels.winograd(size: size), side = size + 2
    let depth = kernel.shape[2], channels = kernel.shape[3]
    let image = WinogradProbe.image(count: side * side * depth)
    let points = AlignedBuffer(count: tile.points * (depth + kernels.lanes))
    image.withUnsafeBufferPointer { image in
      let rows = (0..<side).map { image.baseAddress! + $0 * side * depth }
      tile.transformInput(
        rows: rows, pixelStride: depth, channels: depth, tiles: 1, points: points.base,
        pointStride: depth + kernels.lanes, tileStride: depth)
    }
    var filtered = [Float](repeating: 0, count: size * size * channels), direct = filtered
    let width = kernels.panel
    let weights = AlignedBuffer(count: max(tile.points, 9) * depth * width)
    let products = AlignedBuffer(count: tile.points * width), zeros = AlignedBuffer(count: width)
    for first in stride(from: 0, to: channels, by: width) {
      let count = min(width, channels - first)
      kernel.floats.withUnsafeBufferPointer { taps in
        for k in 0..<depth {
          tile.transformWeights(
            kernel: taps.baseAddress! + (k * channels + first), tapStride: depth * channels, count: count, panel: width,
            weights: weights.base + k * width, pointStride: depth * width)
        }
        for point in 0..<tile.points {
          kernels.multiply(
            points: points.base + point * (depth + kernels.lanes), tileStride: depth, depth: depth,
            weights: weights.base + point * depth * width, products: products.base + point * width, tiles: 1,
            panel: width)
        }
        filtered.withUnsafeMutableBufferPointer { output in
          let rows = (0..<size).map { output.baseAddress! + ($0 * size * channels + first) }
          tile.transformOutput(
            products: products.base, pointStride: width, tileStride: width, bias: zeros.base, rows: rows, height: size,
            pixelStride: channels, pixels: size, channels: count, low: -.infinity, high: .infinity)
        }
        for d in 0..<9 * depth {
          (weights.base + d * width).update(from: taps.baseAddress! + (d * channels + first), count: count)
        }
      }
      image.withUnsafeBufferPointer { image in
        direct.withUnsafeMutableBufferPointer { output in
          for y in 0..<size {
            let runs = (0..<3).map {
              KernelSet.Run(
                pixel0: image.baseAddress! + (y + $0) * side * depth, pixelStride: depth, length: 3 * depth)
            }
            runs.withUnsafeBufferPointer {
              kernels.convolve(
                runs: $0, weights: weights.base, bias: zeros.base,
                output: output.baseAddress! + (y * size * channels + first), outputPixelStride: channels, pixels: size,
                channels: count, panel: width, low: -.infinity, high: .infinity)
            }
          }
        }
      }
    }
    (self.filtered, self.direct) = (filtered, direct)
  }

  /// Uneven values from -0.5 to 1, as after a layer with a soft threshold; the same every time.
  private static func image(count: Int) -> [Float] {
    var state: UInt64 = 0x243f_6a88_85a3_08d3
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) * 1.5 - 0.5
    }
  }

  /// True when no result differs by more than the limits; never with results that are not finite.
  var agrees: Bool {
    let meanSquare = direct.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(direct.count, 1))
    let floor = WinogradProbe.absolute * Float(meanSquare.squareRoot())
    return zip(filtered, direct).allSatisfy { abs($0 - $1) <= floor + WinogradProbe.relative * abs($1) }
  }
}
