import Graphs
import ModelFiles
import Ops
import Tensors

let convolutionRules: [LayerRule] =
  convolutionRules(
    "2D", axes: 2,
    notes: [
      "convolution; strides, dilation, groups, any activation below", "depthwise convolution with depth multiplier",
      "depthwise, then 1x1 convolution", "transposed convolution; strides, output padding",
    ])
  + convolutionRules(
    "1D", axes: 1, notes: [String](repeating: "as in two dimensions, over a sequence; causal padding", count: 4))

private func convolutionRules(_ suffix: String, axes: Int, notes: [String]) -> [LayerRule] {
  [
    LayerRule(names: ["Conv" + suffix], note: notes[0], variables: kernelAndBias) { (site) throws(ImportError) in
      try convolution(site, axes)
    },
    LayerRule(names: ["DepthwiseConv" + suffix], note: notes[1], variables: kernelAndBias) {
      (site) throws(ImportError) in try depthwiseConvolution(site, axes)
    },
    LayerRule(
      names: ["SeparableConv" + suffix], note: notes[2],
      variables: { (config) throws(ImportError) in
        variables("depthwise_kernel", "pointwise_kernel")
          + (try config.bool("use_bias", default: true) ? variables("bias") : [])
      }
    ) { (site) throws(ImportError) in try separableConvolution(site, axes) },
    LayerRule(names: ["Conv\(suffix)Transpose"], note: notes[3], variables: kernelAndBias) {
      (site) throws(ImportError) in try transposedConvolution(site, axes)
    },
  ]
}

@Sendable func kernelAndBias(_ config: LayerConfig) throws(ImportError) -> [LayerRule.Variable] {
  try config.bool("use_bias", default: true) ? variables("kernel", "bias") : variables("kernel")
}

/// The sliding window of a convolution; over a sequence it has one row.
private struct Window {
  var size: Pair, strides: Pair, dilation: Pair, padding: Padding
  let axes: Int

  init(_ config: LayerConfig, axes: Int) throws(ImportError) {
    self.axes = axes
    size = try config.window("kernel_size", axes: axes)
    strides = try config.window("strides", axes: axes, default: 1)
    dilation = try config.window("dilation_rate", axes: axes, default: 1)
    guard strides == 1 || dilation == 1 else { throw config.unsupported("strides and dilation at once") }
    if axes == 1, try config.string("padding", default: "valid").lowercased() == "causal" {
      // A window ends at its output: all that is missing lies before.
      let (before, overflow) = (size.width - 1).multipliedReportingOverflow(by: dilation.width)
      guard !overflow, before <= Limits.dimension else { throw config.error("dilation_rate", "a smaller number") }
      padding = .explicit(top: 0, bottom: 0, left: before, right: 0)
    } else {
      padding = try config.padding()
    }
  }

  /// A kernel with these channels, with a height of 1 where the file has none.
  func kernel(_ site: LayerSite, _ variable: String, _ inner: Int, _ outer: Int) throws(ImportError) -> Value {
    axes == 2
      ? try site.weight(variable, [size.height, size.width, inner, outer])
      : try site.weight(variable, [size.width, inner, outer], leading: 1)
  }
}

func bias(_ site: LayerSite, _ count: Int) throws(ImportError) -> [Value] {
  try site.config.bool("use_bias", default: true) ? [try site.weight("bias", [count])] : []
}

private func convolution(_ site: LayerSite, _ axes: Int) throws(ImportError) -> Value {
  let config = site.config
  let window = try Window(config, axes: axes)
  let filters = try config.int("filters")
  let groups = try config.int("groups", default: 1)
  let (fused, rest) = try site.activation()
  let result = try site.onImages(axes: axes) { (site, x) throws(ImportError) in
    let channels = try site.lastDimension(x)
    guard channels % groups == 0, filters % groups == 0 else {
      throw config.error("groups", "a divisor of \(channels) input and \(filters) output channels")
    }
    let kernel = try window.kernel(site, "kernel", channels / groups, filters)
    let op = Conv2D(
      strides: window.strides, padding: window.padding, dilation: window.dilation, groups: groups, activation: fused)
    return try site.add(op, [x, kernel] + bias(site, filters))
  }
  return try site.finish(result, rest)
}

private func depthwiseConvolution(_ site: LayerSite, _ axes: Int) throws(ImportError) -> Value {
  let config = site.config
  let window = try Window(config, axes: axes)
  guard try config.int("groups", default: 1) == 1 else { throw config.unsupported("groups other than 1") }
  let multiplier = try config.int("depth_multiplier", default: 1)
  let (fused, rest) = try site.activation()
  let result = try site.onImages(axes: axes) { (site, x) throws(ImportError) in
    let channels = try site.lastDimension(x)
    let kernel = try window.kernel(site, "kernel", channels, multiplier)
    let op = DepthwiseConv2D(
      strides: window.strides, padding: window.padding, dilation: window.dilation, activation: fused)
    return try site.add(op, [x, kernel] + bias(site, try site.product(channels, multiplier)))
  }
  return try site.finish(result, rest)
}

private func separableConvolution(_ site: LayerSite, _ axes: Int) throws(ImportError) -> Value {
  let config = site.config
  let window = try Window(config, axes: axes)
  let filters = try config.int("filters")
  let multiplier = try config.int("depth_multiplier", default: 1)
  let (fused, rest) = try site.activation()
  let result = try site.onImages(axes: axes) { (site, x) throws(ImportError) in
    let channels = try site.lastDimension(x)
    let depthwise = try window.kernel(site, "depthwise_kernel", channels, multiplier)
    let ones = [Int?](repeating: 1, count: axes)
    let pointwise = try site.weight(
      "pointwise_kernel", ones + [try site.product(channels, multiplier), filters], leading: 2 - axes)
    let first = DepthwiseConv2D(strides: window.strides, padding: window.padding, dilation: window.dilation)
    let middle = try site.add(first, [x, depthwise], part: "depthwise")
    return try site.add(Conv2D(activation: fused), [middle, pointwise] + bias(site, filters))
  }
  return try site.finish(result, rest)
}

private func transposedConvolution(_ site: LayerSite, _ axes: Int) throws(ImportError) -> Value {
  let config = site.config
  let window = try Window(config, axes: axes)
  guard try config.int("groups", default: 1) == 1 else { throw config.unsupported("groups other than 1") }
  let filters = try config.int("filters")
  let outputPadding: OutputPadding =
    config.value(["output_padding"]) == nil
    ? .automatic : .explicit(try config.window("output_padding", axes: axes, in: 0...Limits.dimension))
  let (fused, rest) = try site.activation()
  let result = try site.onImages(axes: axes) { (site, x) throws(ImportError) in
    let kernel = try window.kernel(site, "kernel", filters, try site.lastDimension(x))
    let op = Conv2DTranspose(
      strides: window.strides, padding: window.padding, dilation: window.dilation, outputPadding: outputPadding,
      activation: fused)
    return try site.add(op, [x, kernel] + bias(site, filters))
  }
  return try site.finish(result, rest)
}
