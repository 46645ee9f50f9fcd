import Graphs
import ModelFiles
import Ops
import Tensors

let denseRules: [LayerRule] = [
  LayerRule(names: ["Dense"], note: "on the last axis; int8 weights", variables: quantizedKernel, build: dense),
  LayerRule(
    names: ["EinsumDense"], note: "equations that are a matrix product; int8 weights",
    variables: { (config) throws(ImportError) in
      quantized(config, config.value(["bias_axes"]) == nil ? variables("kernel") : variables("kernel", "bias"))
    }, build: einsumDense),
]

@Sendable private func quantizedKernel(_ config: LayerConfig) throws(ImportError) -> [LayerRule.Variable] {
  quantized(config, try kernelAndBias(config))
}

@Sendable private func dense(_ site: LayerSite) throws(ImportError) -> Value {
  let x = try site.input()
  let units = try site.config.int("units")
  // After Flatten of an image of unknown size the kernel itself says how many features there are.
  var kernel = try site.weight("kernel", [site.type(x).dims.last ?? nil, units])
  if let scale = try site.quantizationScale(rank: 1) {
    kernel = try site.add(Binary(.divide), [kernel, scale], part: "kernel")
  }
  let rounded = try site.roundedInput(x)
  let (fused, rest) = try site.activation()
  return try site.finish(try site.add(Dense(activation: fused), [rounded, kernel] + bias(site, units)), rest)
}

/// `einsum(equation, x, kernel)` as a matrix product: the axes of `x` that the result keeps, times the axes that are
/// summed, times the kernel's own.
@Sendable private func einsumDense(_ site: LayerSite) throws(ImportError) -> Value {
  let (config, x) = (site.config, try site.input())
  let equation = try EinsumEquation(config, rank: site.type(x).rank)
  let sizes = try equation.kernelSizes(config, site.type(x).dims)
  let kernel = try site.weight("kernel", sizes)
  func product(_ sizes: [Int]) throws(ImportError) -> Int {
    var result = 1
    for size in sizes { result = try site.product(result, size) }
    return result
  }
  let depth = try product(equation.summed.map { sizes[equation.kernel.place(of: $0)] })
  let outer = equation.own.map { sizes[equation.kernel.place(of: $0)] }
  let kept = [Int](repeating: 0, count: equation.kept.count)

  let order = (equation.kept + equation.summed).map { equation.input.place(of: $0) }
  let arranged = try site.add(Transpose(permutation: order), [x], part: "arranged")
  let flat = try site.roundedInput(try site.add(Reshape(dims: kept + [depth]), [arranged], part: "flat"))
  let turn = (equation.summed + equation.own).map { equation.kernel.place(of: $0) }
  let turned = try site.add(Transpose(permutation: turn), [kernel], part: "kernel")
  let matrix = try site.add(Reshape(dims: [depth, try product(outer)]), [turned], part: "matrix")
  let result = try site.add(Dense(), [flat, matrix], part: "product")
  let spread = try site.add(Reshape(dims: kept + outer), [result], part: "spread")
  let back = equation.output.map { (equation.kept + equation.own).place(of: $0) }
  var y = try site.add(Transpose(permutation: back), [spread], part: "result")

  if let scale = try site.quantizationScale(rank: equation.output.count) {
    y = try site.add(Binary(.divide), [y, scale], part: "scaled")
  }
  if let axes = config.value(["bias_axes"])?.string {
    let bias = try site.weight("bias", try equation.biasSizes(config, axes, site.type(y).dims))
    y = try site.add(Binary(.add), [y, bias], part: "sum")
  }
  return try site.apply(try config.activation(kerasVersion: site.builder.kerasVersion), to: y)
}
