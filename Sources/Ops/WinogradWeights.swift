import Kernels
import Tensors

/// 3x3 kernels transformed to the points of F(m x m, 3x3) and packed for the matrix products: `[panel][point][depth][panel width]`,
/// then the biases.
struct WinogradWeights: Sendable {
  let panels: [PackedWeights.Panel]
  /// Input channels.
  let depth: Int
  private let points: Int
  private let buffer: DeferredBuffer
  private let starts: [Int], biases: [Int]

  /// - Parameter kernel: HWIO, 3x3
  init(kernels: KernelSet, tile: WinogradKernels, kernel: Tensor, bias: [Float]?) {
    let depth = kernel.shape[2], channels = kernel.shape[3], points = tile.points
    let panels = PackedWeights.panels(channels: channels, groups: 1, widths: kernels.panels)
    var starts: [Int] = [], biases: [Int] = [], total = 0
    for panel in panels {
      starts.append(total)
      total += points * depth * panel.width
    }
    for panel in panels {
      biases.append(total)
      total += panel.width
    }
    (self.panels, self.depth, self.points, self.starts, self.biases) = (panels, depth, points, starts, biases)
    buffer = DeferredBuffer(count: total) { [starts, biases] floats in
      kernel.floats.withUnsafeBufferPointer { taps in
        for (i, panel) in panels.enumerated() {
          for k in 0..<depth {
            tile.transformWeights(
              kernel: taps.baseAddress! + (k * channels + panel.first), tapStride: depth * channels,
              count: panel.count, panel: panel.width, weights: floats + (starts[i] + k * panel.width),
              pointStride: depth * panel.width)
          }
        }
      }
      for (i, panel) in panels.enumerated() {
        for n in 0..<panel.count { floats[biases[i] + n] = bias?[panel.first + n] ?? 0 }
      }
    }
  }

  func load() { buffer.load() }

  /// `[depth][panel width]`.
  func panel(_ index: Int, point: Int) -> UnsafePointer<Float> {
    buffer.base + (starts[index] + point * depth * panels[index].width)
  }

  func bias(_ index: Int) -> UnsafePointer<Float> { buffer.base + biases[index] }

  var byteCount: Int { buffer.byteCount }
}
