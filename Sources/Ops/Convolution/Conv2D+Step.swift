package import Graphs
package import Kernels
import Tensors

extension Conv2D {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// A convolution by `algorithm`; `nil` where the images do not come row by row or the weights are not constant.
  package func step(_ site: CompileSite, kernels: KernelSet = .current) -> (any Step)? {
    guard let weights = site.constants[sources], let bias = site.constantBias(sources + 1),
      (0..<sources).allSatisfy({ site.floatImage($0) != nil })
    else { return nil }
    let channels = (0..<sources).map { site.input($0).channels }
    let kernel = weights.shape, image = site.input(0)
    let windows = padding.resolve(
      size: Pair(image.rows, image.width), kernel: Pair(kernel[0], kernel[1]), stride: strides, dilation: dilation)
    if case .winograd(let size, let precision) = algorithm {
      let tile = kernels.winograd(size: size)
      let packed = WinogradWeights(
        kernels: kernels, tile: tile, precision: precision, kernel: weights,
        layout: KernelLayout(tap: kernel[2] * kernel[3], input: kernel[3], output: 1), depth: kernel[2],
        channels: kernel[3], bias: bias.values)
      var rows = windows.rows.reach
      rows.grid = grid.height
      return WinogradConvolution(
        kernels: kernels, tile: tile, weights: packed, sources: channels, dilation: dilation, rows: rows,
        before: Pair(windows.rows.before, windows.columns.before), input: image.width, width: site.output.width,
        channels: kernel[3], activation: activation)
    }
    return RunConvolution(
      kernels: kernels, site: site, sources: channels, rows: windows.rows, columns: windows.columns,
      kernel: weights.floats, shape: kernel, groups: groups, bias: bias.values, strides: strides,
      activation: activation)
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
