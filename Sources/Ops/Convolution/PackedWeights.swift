import Kernels

/// A convolution kernel in the order in which the register tiles read it: for each phase and panel `[depth][panel
/// width]`.
struct PackedWeights: Sendable {
  /// Consecutive output channels of one group that are computed together.
  struct Panel: Sendable, Hashable {
    var group: Int, first: Int, count: Int, width: Int
  }

  let panels: [Panel]
  private let buffer: DeferredBuffer
  /// Where panel i of phase f starts: `starts[f * panels.count + i]`; the biases of panel i: `biases[i]`.
  private let starts: [Int], biases: [Int]

  /// - Parameters:
  ///   - depths: for each phase, how many weights an output element has
  ///   - channels: output channels, a multiple of `groups`
  ///   - weight: writes the weights of a phase and depth for a range of output channels; called by `load`
  init(
    kernels: KernelSet, depths: [Int], channels: Int, groups: Int, bias: [Float]?,
    weight:
      @escaping @Sendable (
        _ phase: Int, _ depth: Int, _ channels: Range<Int>, _ target: UnsafeMutablePointer<Float>
      ) -> Void
  ) {
    let panels = PackedWeights.panels(channels: channels, groups: groups, widths: kernels.panels)
    var starts: [Int] = [], biases: [Int] = [], total = 0
    for depth in depths {
      for panel in panels {
        starts.append(total)
        total += depth * panel.width
      }
    }
    for panel in panels {
      biases.append(total)
      total += panel.width
    }
    (self.panels, self.starts, self.biases) = (panels, starts, biases)
    buffer = DeferredBuffer(count: total) { [starts, biases] floats in
      for (i, panel) in panels.enumerated() {
        let range = panel.first..<panel.first + panel.count
        for (phase, depth) in depths.enumerated() {
          let base = floats + starts[phase * panels.count + i]
          for d in 0..<depth { weight(phase, d, range, base + d * panel.width) }
        }
        if let bias { for n in range { floats[biases[i] + n - panel.first] = bias[n] } }
      }
    }
  }

  func load() { buffer.load() }

  /// Panels of the widest width, and narrow ones for a rest that they hold with less to spare.
  static func panels(channels: Int, groups: Int, widths: [Int]) -> [Panel] {
    let perGroup = channels / groups
    var result: [Panel] = []
    for group in 0..<groups {
      var first = 0
      while first < perGroup {
        let left = perGroup - first
        let width = left > widths[0] - widths[1] ? widths[0] : widths[1]
        result.append(Panel(group: group, first: group * perGroup + first, count: min(width, left), width: width))
        first += width
      }
    }
    return result
  }

  func panel(_ index: Int, phase: Int) -> UnsafePointer<Float> {
    buffer.base + starts[phase * panels.count + index]
  }

  func bias(_ index: Int) -> UnsafePointer<Float> { buffer.base + biases[index] }

  var byteCount: Int { buffer.byteCount }
}
