package import Graphs
package import Kernels
import Tensors

extension Conv2D {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// A convolution by `algorithm`; `nil` where the images do not come row by row or the weights are not constant.
  package func step(_ site: CompileSite, kernels: KernelSet = .current) -> (any Step)? {
    switch algorithm {
    case .direct: directStep(site, kernels: kernels)
    case .winograd(let size, let precision): filteredStep(site, tile: kernels.winograd(size: size), precision, kernels)
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
  func directStep(_ site: CompileSite, kernels: KernelSet) -> RunConvolution? {
    parts(site).map { parts in
      RunConvolution(
        kernels: kernels, site: site, sources: parts.channels, rows: parts.rows, columns: parts.columns,
        kernel: parts.weights.floats, shape: parts.weights.shape, groups: groups, bias: parts.bias, strides: strides,
        activation: activation)
    }
  }

  private func filteredStep(
    _ site: CompileSite, tile: WinogradKernels, _ precision: Precision, _ kernels: KernelSet
  ) -> WinogradConvolution? {
    parts(site).map { parts in
      let kernel = parts.weights.shape
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

extension RunConvolution {
  /// A convolution with an HWIO kernel of the given shape over sliding windows.
  init(
    kernels: KernelSet, site: CompileSite, sources: [Int], rows: SlidingWindow, columns: SlidingWindow,
    kernel: [Float], shape: Shape, groups: Int, bias: [Float]?, strides: Pair, activation: Activation
  ) {
    let plan = TapPlan(
      rows: rows.axisTaps, columns: columns.axisTaps, kernelWidth: shape[1], sources: sources, groups: groups)
    let weights = PackedWeights(
      kernels: kernels, plans: [plan], kernel: kernel,
      layout: KernelLayout(tap: shape[2] * shape[3], input: shape[3], output: 1), channels: shape[3], groups: groups,
      bias: bias)
    let inputs = sources.indices.map {
      StepInput($0, rows: rows.reach, marginLeft: columns.marginLeft, marginRight: columns.marginRight)
    }
    self.init(
      name: groups == 1 ? "direct" : "direct grouped", kernels: kernels, inputs: inputs, sources: sources,
      inputStride: strides, outputStride: 1, phases: [Phase(row: 0, column: 0, runs: plan.runs)], weights: weights,
      width: site.output.width, channels: shape[3], activation: activation)
  }
}

extension SlidingWindow {
  /// The taps, relative to the input at output index times stride.
  var axisTaps: [AxisTap] { (0..<kernel).map { AxisTap(tap: $0, offset: $0 * dilation - before) } }

  /// Zero pixels that the window reads before the first input.
  var marginLeft: Int { max(before, 0) }

  /// Zero pixels that the window reads after the last input.
  var marginRight: Int { max(start(output - 1) + extent - input, 0) }
}

extension CompileSite {
  /// The optional bias at an input index; `nil` where it is there but not constant.
  func constantBias(_ index: Int) -> ConstantBias? {
    guard index < inputTypes.count else { return ConstantBias(values: nil) }
    return constants[index].map { ConstantBias(values: $0.floats) }
  }
}

/// The values of a bias, if the operator has one.
struct ConstantBias {
  var values: [Float]?
}
