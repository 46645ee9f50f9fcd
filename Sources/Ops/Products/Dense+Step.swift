package import Graphs
import Kernels
import Tensors

extension Dense {
  package func compile(_ site: CompileSite) -> any Step { step(site) ?? evaluatingStep(self, site) }

  /// A 1x1 convolution: over image rows, or over all vectors of a value of another rank as pixels of one row.
  package func step(_ site: CompileSite) -> (any Step)? {
    guard let weights = site.constants[1], site.constants[0] == nil, let shape = site.inputTypes[0].shape,
      let bias = site.constantBias(2)
    else { return nil }
    let depth = weights.shape[0], channels = weights.shape[1]
    let rowwise = site.floatImage(0) != nil
    let plan = TapPlan(
      rows: [AxisTap(tap: 0, offset: 0)], columns: [AxisTap(tap: 0, offset: 0)], kernelWidth: 1, sources: [depth],
      groups: 1)
    let packed = PackedWeights(
      kernels: site.kernels, plans: [plan], kernel: weights.floats,
      layout: KernelLayout(tap: 0, input: channels, output: 1), channels: channels, groups: 1, bias: bias.values)
    return RunConvolution(
      name: "dense", kernels: site.kernels, inputs: [StepInput(0, rows: .identity)], sources: [depth], inputStride: 1,
      outputStride: 1, phases: [.init(row: 0, column: 0, runs: plan.runs)], weights: packed,
      width: rowwise ? site.output.width : shape.dims.dropLast().reduce(1, *), channels: channels,
      activation: activation)
  }
}
