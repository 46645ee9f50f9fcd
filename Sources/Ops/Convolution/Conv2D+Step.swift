package import Graphs
import Kernels
import Tensors

extension Conv2D {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// A convolution by `algorithm`; `nil` where the images do not come row by row or the weights are not constant.
  package func step(_ site: CompileSite) -> (any Step)? {
    switch algorithm {
    case .direct: directStep(site)
    case .winograd(let size, let precision): filteredStep(site, size, precision)
    }
  }

  /// What a step is made of where its inputs allow one.
  private struct Parts {
    let weights: Tensor, bias: [Float]?
    /// Channels of each source.
    let channels: [Int]
    /// Pixels of an input row.
    let width: Int
    let rows: SlidingWindow, columns: SlidingWindow
  }

  private func parts(_ site: CompileSite) -> Parts? {
    guard let weights = site.constants[sources], let bias = site.constantBias(sources + 1),
      (0..<sources).allSatisfy({ site.floatImage($0) != nil })
    else { return nil }
    let kernel = weights.shape, image = site.input(0)
    let windows = padding.resolve(
      size: Pair(image.rows, image.width), kernel: Pair(kernel[0], kernel[1]), stride: strides, dilation: dilation)
    return Parts(
      weights: weights, bias: bias.values, channels: (0..<sources).map { site.input($0).channels }, width: image.width,
      rows: windows.rows, columns: windows.columns)
  }

  /// The direct convolution, whatever `algorithm` is.
  func directStep(_ site: CompileSite) -> RunConvolution? {
    parts(site).map { parts in
      RunConvolution(
        site, sources: parts.channels, rows: parts.rows, columns: parts.columns,
        kernel: parts.weights.floats, shape: parts.weights.shape, groups: groups, bias: parts.bias, strides: strides,
        activation: activation)
    }
  }

  private func filteredStep(_ site: CompileSite, _ size: Int, _ precision: Precision) -> WinogradConvolution? {
    parts(site).map { parts in
      let kernel = parts.weights.shape, kernels = site.kernels, tile = kernels.winograd(size: size)
      let packed = WinogradWeights(
        kernels: kernels, tile: tile, precision: precision, kernel: parts.weights,
        layout: KernelLayout(tap: kernel[2] * kernel[3], input: kernel[3], output: 1), depth: kernel[2],
        channels: kernel[3], bias: parts.bias)
      var rows = parts.rows.reach
      rows.grid = grid.height
      return WinogradConvolution(
        kernels: kernels, tile: tile, weights: packed, sources: parts.channels, dilation: dilation, rows: rows,
        before: Pair(parts.rows.before, parts.columns.before), input: parts.width, width: site.output.width,
        channels: kernel[3], activation: activation)
    }
  }
}
