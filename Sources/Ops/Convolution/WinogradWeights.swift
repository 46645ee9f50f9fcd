import Kernels
import Tensors

/// 3x3 kernels transformed for minimal filtering and packed for the matrix products: `[panel][point][depth][panel width]`, then the
/// biases. As bfloat16, `[panel][point][depth / 2][panel width][2]`.
struct WinogradWeights: Sendable {
  let panels: [PackedWeights.Panel]
  /// Input channels.
  let depth: Int
  let precision: Precision
  /// Floats of a point of a panel are so many for each unit of its width.
  private let rows: Int
  private let buffer: DeferredBuffer
  private let starts: [Int], biases: [Int]

  /// - Parameter layout: where `kernel` keeps the weight of a tap, input channel and output channel
  init(
    kernels: KernelSet, tile: WinogradKernels, precision: Precision, kernel: Tensor, layout: KernelLayout, depth: Int,
    channels: Int, bias: [Float]?
  ) {
    // Channels go in pairs; an odd one would have none.
    let isHalf = precision == .bfloat16 && kernels.hasBFloat16 && depth % 2 == 0
    let points = tile.weightPoints, rows = isHalf ? depth / 2 : depth
    let panels = PackedWeights.panels(channels: channels, groups: 1, widths: kernels.productPanels)
    var starts: [Int] = [], biases: [Int] = [], total = 0
    for panel in panels {
      starts.append(total)
      total += points * rows * panel.width
    }
    for panel in panels {
      biases.append(total)
      total += panel.width
    }
    (self.panels, self.depth, self.rows, self.starts, self.biases) = (panels, depth, rows, starts, biases)
    self.precision = isHalf ? .bfloat16 : .float32
    let packing = Packing(
      kernels: kernels, tile: tile, kernel: kernel, layout: layout, depth: depth, rows: isHalf ? rows : nil)
    buffer = DeferredBuffer(count: total) { [starts, biases] floats in
      for (i, panel) in panels.enumerated() {
        packing.pack(panel, floats + starts[i])
        for n in 0..<panel.count { floats[biases[i] + n] = bias?[panel.first + n] ?? 0 }
      }
    }
  }

  func load() { buffer.load() }

  /// The weights of a panel at one of `weightPoints`: `[depth][panel width]`.
  func panel(_ index: Int, point: Int) -> UnsafePointer<Float> {
    buffer.base + (starts[index] + point * rows * panels[index].width)
  }

  func bias(_ index: Int) -> UnsafePointer<Float> { buffer.base + biases[index] }

  var byteCount: Int { buffer.byteCount }
}

/// How the weights of a panel are transformed and packed.
private struct Packing: Sendable {
  let kernels: KernelSet
  let tile: WinogradKernels
  let kernel: Tensor
  let layout: KernelLayout
  let depth: Int
  /// Pairs of input channels, for bfloat16.
  let rows: Int?

  func pack(_ panel: PackedWeights.Panel, _ target: UnsafeMutablePointer<Float>) {
    kernel.floats.withUnsafeBufferPointer { taps in
      guard let taps = taps.baseAddress else { return }
      if let rows {
        packPairs(taps, panel, rows, target)
      } else {
        gather(taps, panel) { k, kernel, tapStride in
          tile.transformWeights(
            kernel: kernel, tapStride: tapStride, count: panel.count, panel: panel.width,
            weights: target + k * panel.width, pointStride: depth * panel.width)
        }
      }
    }
  }

  private func packPairs(
    _ taps: UnsafePointer<Float>, _ panel: PackedWeights.Panel, _ rows: Int, _ target: UnsafeMutablePointer<Float>
  ) {
    let points = tile.weightPoints, width = panel.width
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * points * width) { pair in
      guard let pair = pair.baseAddress else { return }
      gather(taps, panel) { k, kernel, tapStride in
        tile.transformWeights(
          kernel: kernel, tapStride: tapStride, count: panel.count, panel: width,
          weights: pair + k % 2 * points * width, pointStride: width)
        guard k % 2 == 1 else { return }
        for point in 0..<points {
          let even = pair + point * width
          (target + (point * rows + k / 2) * width).withMemoryRebound(to: BFloat16.self, capacity: 2 * width) {
            kernels.packHalves(even: even, odd: even + points * width, pairs: $0, count: width)
          }
        }
      }
    }
  }

  /// The kernels from each input channel to a panel's output channels, side by side: in place where they lie so, else copied.
  private func gather(
    _ taps: UnsafePointer<Float>, _ panel: PackedWeights.Panel,
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
}
