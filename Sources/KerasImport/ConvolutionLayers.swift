import Graphs
import Ops
import Tensors

let convolutionRules: [LayerRule] = [
  LayerRule(
    names: ["Conv2D"], note: "convolution; strides, dilation, groups, any activation below",
    variables: kernelAndBias, build: convolution),
  LayerRule(
    names: ["DepthwiseConv2D"], note: "depthwise convolution with depth multiplier", variables: kernelAndBias,
    build: depthwiseConvolution),
  LayerRule(
    names: ["SeparableConv2D"], note: "depthwise, then 1x1 convolution",
    variables: { (config) throws(KerasError) in
      variables("depthwise_kernel", "pointwise_kernel")
        + (try config.bool("use_bias", default: true) ? variables("bias") : [])
    }, build: separableConvolution),
  LayerRule(
    names: ["Conv2DTranspose"], note: "transposed convolution; strides, output padding", variables: kernelAndBias,
    build: transposedConvolution),
  LayerRule(names: ["Dense"], note: "on the last axis", variables: kernelAndBias, build: dense),
]

@Sendable private func kernelAndBias(_ config: LayerConfig) throws(KerasError) -> [LayerRule.Variable] {
  try config.bool("use_bias", default: true) ? variables("kernel", "bias") : variables("kernel")
}

private struct Window {
  var size: Pair, strides: Pair, dilation: Pair, padding: Padding

  init(_ config: LayerConfig) throws(KerasError) {
    try config.requireChannelsLast()
    size = try config.pair("kernel_size")
    strides = try config.pair("strides", default: 1)
    dilation = try config.pair("dilation_rate", default: 1)
    padding = try config.padding()
    guard strides == 1 || dilation == 1 else { throw config.unsupported("strides and dilation at once") }
  }
}

private func bias(_ site: LayerSite, _ count: Int) throws(KerasError) -> [Value] {
  try site.config.bool("use_bias", default: true) ? [try site.weight("bias", [count])] : []
}

@Sendable private func convolution(_ site: LayerSite) throws(KerasError) -> Value {
  let (config, x) = (site.config, try site.input())
  let window = try Window(config)
  let filters = try config.int("filters")
  let groups = try config.int("groups", default: 1)
  let channels = try site.imageChannels(x)
  guard channels % groups == 0, filters % groups == 0 else {
    throw config.error("groups", "a divisor of \(channels) input and \(filters) output channels")
  }
  let kernel = try site.weight("kernel", [window.size.height, window.size.width, channels / groups, filters])
  let (fused, softmax) = try site.activation()
  let op = Conv2D(
    strides: window.strides, padding: window.padding, dilation: window.dilation, groups: groups, activation: fused)
  return try site.finish(try site.add(op, [x, kernel] + bias(site, filters)), softmax)
}

@Sendable private func depthwiseConvolution(_ site: LayerSite) throws(KerasError) -> Value {
  let (config, x) = (site.config, try site.input())
  let window = try Window(config)
  guard try config.int("groups", default: 1) == 1 else { throw config.unsupported("groups other than 1") }
  let channels = try site.imageChannels(x)
  let multiplier = try config.int("depth_multiplier", default: 1)
  let kernel = try site.weight("kernel", [window.size.height, window.size.width, channels, multiplier])
  let (fused, softmax) = try site.activation()
  let op = DepthwiseConv2D(
    strides: window.strides, padding: window.padding, dilation: window.dilation, activation: fused)
  let added = try bias(site, try site.product(channels, multiplier))
  return try site.finish(try site.add(op, [x, kernel] + added), softmax)
}

@Sendable private func separableConvolution(_ site: LayerSite) throws(KerasError) -> Value {
  let (config, x) = (site.config, try site.input())
  let window = try Window(config)
  let channels = try site.imageChannels(x)
  let filters = try config.int("filters")
  let multiplier = try config.int("depth_multiplier", default: 1)
  let depthwise = try site.weight("depthwise_kernel", [window.size.height, window.size.width, channels, multiplier])
  let pointwise = try site.weight("pointwise_kernel", [1, 1, try site.product(channels, multiplier), filters])
  let (fused, softmax) = try site.activation()
  let first = DepthwiseConv2D(strides: window.strides, padding: window.padding, dilation: window.dilation)
  let middle = try site.add(first, [x, depthwise], part: "depthwise")
  let second = Conv2D(activation: fused)
  return try site.finish(try site.add(second, [middle, pointwise] + bias(site, filters)), softmax)
}

@Sendable private func transposedConvolution(_ site: LayerSite) throws(KerasError) -> Value {
  let (config, x) = (site.config, try site.input())
  let window = try Window(config)
  guard try config.int("groups", default: 1) == 1 else { throw config.unsupported("groups other than 1") }
  let filters = try config.int("filters")
  let channels = try site.imageChannels(x)
  let outputPadding: OutputPadding =
    config.value(["output_padding"]) == nil
    ? .automatic : .explicit(try config.pair("output_padding", in: 0...Limits.dimension))
  let kernel = try site.weight("kernel", [window.size.height, window.size.width, filters, channels])
  let (fused, softmax) = try site.activation()
  let op = Conv2DTranspose(
    strides: window.strides, padding: window.padding, dilation: window.dilation, outputPadding: outputPadding,
    activation: fused)
  return try site.finish(try site.add(op, [x, kernel] + bias(site, filters)), softmax)
}

@Sendable private func dense(_ site: LayerSite) throws(KerasError) -> Value {
  let x = try site.input()
  let units = try site.config.int("units")
  // After Flatten of an image of unknown size the kernel itself says how many features there are.
  let kernel = try site.weight("kernel", [site.type(x).dims.last ?? nil, units])
  let (fused, softmax) = try site.activation()
  return try site.finish(try site.add(Dense(activation: fused), [x, kernel] + bias(site, units)), softmax)
}
