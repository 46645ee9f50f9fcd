import Graphs
import Kernels
import Tensors

extension RunConvolution {
  /// A convolution with an HWIO kernel of the given shape over sliding windows.
  init(
    _ site: CompileSite, sources: [Int], rows: SlidingWindow, columns: SlidingWindow,
    kernel: [Float], shape: Shape, groups: Int, bias: [Float]?, strides: Pair, activation: Activation
  ) {
    let plan = TapPlan(
      rows: rows.axisTaps, columns: columns.axisTaps, kernelWidth: shape[1], sources: sources, groups: groups)
    let weights = PackedWeights(
      kernels: site.kernels, plans: [plan], kernel: kernel,
      layout: KernelLayout(tap: shape[2] * shape[3], input: shape[3], output: 1), channels: shape[3], groups: groups,
      bias: bias)
    let inputs = sources.indices.map {
      StepInput($0, rows: rows.reach, marginLeft: columns.marginLeft, marginRight: columns.marginRight)
    }
    self.init(
      name: groups == 1 ? "direct" : "direct grouped", kernels: site.kernels, inputs: inputs, sources: sources,
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
