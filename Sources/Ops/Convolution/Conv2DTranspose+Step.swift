package import Graphs
import Kernels
import Tensors

extension Conv2DTranspose {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// By `algorithm`; directly, one convolution for each place of an output pixel between input pixels: every phase reads only the
  /// taps that reach it.
  package func step(_ site: CompileSite) -> (any Step)? {
    guard let weights = site.constants[1], let bias = site.constantBias(2), site.floatImage(0) != nil else {
      return nil
    }
    let shape = weights.shape, image = site.input(0), output = site.output, kernels = site.kernels
    let (rows, columns) = resolve(kernel: Pair(shape[0], shape[1]))
    let layout = KernelLayout(tap: shape[2] * shape[3], input: 1, output: shape[3])
    if case .winograd(let size, let precision) = algorithm {
      precondition(rows.crop(image.rows) == 0 && columns.crop(image.width) == 0)
      let tile = kernels.winograd(size: size)
      let packed = WinogradWeights(
        kernels: kernels, tile: tile, precision: precision, kernel: weights, layout: layout, depth: shape[3],
        channels: shape[2],
        bias: bias.values)
      var reach = rows.reach(image.rows)
      reach.grid = size
      return WinogradConvolution(
        kernels: kernels, tile: tile, weights: packed, sources: [image.channels], rows: reach, before: 1,
        input: image.width, width: output.width, channels: shape[2], activation: activation)
    }
    var phases: [RunConvolution.Phase] = [], plans: [TapPlan] = []
    for y in 0..<min(rows.stride, output.rows) {
      for x in 0..<min(columns.stride, output.width) {
        let plan = TapPlan(
          rows: rows.axisTaps(phase: y, input: image.rows), columns: columns.axisTaps(phase: x, input: image.width),
          kernelWidth: shape[1], sources: [image.channels], groups: 1)
        plans.append(plan)
        phases.append(.init(row: y, column: x, runs: plan.runs))
      }
    }
    let packed = PackedWeights(
      kernels: kernels, plans: plans, kernel: weights.floats, layout: layout, channels: shape[2], groups: 1,
      bias: bias.values)
    let margins = columns.margins(input: image.width, output: output.width)
    let input = StepInput(
      0, rows: rows.reach(image.rows), marginLeft: margins.left, marginRight: margins.right)
    return RunConvolution(
      name: "transposed", kernels: kernels, inputs: [input], sources: [image.channels], inputStride: 1,
      outputStride: strides, phases: phases, weights: packed, width: output.width, channels: shape[2],
      activation: activation)
  }
}

extension ScatterWindow {
  /// The taps that reach the outputs `q * stride + phase`, relative to input q.
  func axisTaps(phase: Int, input: Int) -> [AxisTap] {
    (0..<kernel).compactMap { tap in
      let distance = phase + crop(input) - tap * dilation
      return distance % stride == 0 ? AxisTap(tap: tap, offset: distance / stride) : nil
    }
  }

  /// Zero pixels that the phases read before the first input and after the last.
  func margins(input: Int, output: Int) -> (left: Int, right: Int) {
    var left = 0, right = 0
    for phase in 0..<min(stride, output) {
      let last = (output - 1 - phase) / stride
      for tap in axisTaps(phase: phase, input: input) {
        left = max(left, -tap.offset)
        right = max(right, last + tap.offset - (input - 1))
      }
    }
    return (left, right)
  }
}
