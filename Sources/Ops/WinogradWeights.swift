import Kernels
import Tensors

/// 3x3 kernels transformed for minimal filtering and packed for the matrix products: `[panel][point][depth][panel width]`, then the
/// biases.
struct WinogradWeights: Sendable {
  let panels: [PackedWeights.Panel]
  /// Input channels.
  let depth: Int
  private let points: Int
  private let buffer: DeferredBuffer
  private let starts: [Int], biases: [Int]

  /// - Parameter layout: where `kernel` keeps the weight of a tap, input channel and output channel
  init(
    kernels: KernelSet, tile: WinogradKernels, kernel: Tensor, layout: KernelLayout, depth: Int, channels: Int,
    bias: [Float]?
  ) {
    let points = tile.weightPoints
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
          WinogradWeights.gather(taps.baseAddress!, layout, depth: depth, panel) { k, kernel, tapStride in
            tile.transformWeights(
              kernel: kernel, tapStride: tapStride, count: panel.count, panel: panel.width,
              weights: floats + (starts[i] + k * panel.width), pointStride: depth * panel.width)
          }
        }
      }
      for (i, panel) in panels.enumerated() {
        for n in 0..<panel.count { floats[biases[i] + n] = bias?[panel.first + n] ?? 0 }
      }
    }
  }

  /// The kernels from each input channel to a panel's output channels, side by side: in place where they lie so, else copied.
  private static func gather(
    _ taps: UnsafePointer<Float>, _ layout: KernelLayout, depth: Int, _ panel: PackedWeights.Panel,
    _ body: (_ k: Int, _ kernel: UnsafePointer<Float>, _ tapStride: Int) -> Void
  ) {
    if layout.output == 1 {
      for k in 0..<depth { body(k, taps + (k * layout.input + panel.first), layout.tap) }
      return
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 9 * panel.count) { copy in
      for k in 0..<depth {
        for tap in 0..<9 {
          let from = taps + (tap * layout.tap + k * layout.input + panel.first * layout.output)
          for n in 0..<panel.count { copy[tap * panel.count + n] = from[n * layout.output] }
        }
        body(k, UnsafePointer(copy.baseAddress!), panel.count)
      }
    }
  }

  func load() { buffer.load() }

  /// The weights of a panel at one of `weightPoints`: `[depth][panel width]`.
  func panel(_ index: Int, point: Int) -> UnsafePointer<Float> {
    buffer.base + (starts[index] + point * depth * panels[index].width)
  }

  func bias(_ index: Int) -> UnsafePointer<Float> { buffer.base + biases[index] }

  var byteCount: Int { buffer.byteCount }
}
