import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

let convolutionRules: [OperatorRule] = [
  OperatorRule(
    "Conv", note: "over 1 to 3 axes; strides, dilations, groups, pads, auto_pad",
    build: { (site) throws(ImportError) in [try convolution(site)] }),
  OperatorRule(
    "ConvTranspose", note: "over 1 or 2 axes; strides, dilations, groups, pads, auto_pad, output_padding, output_shape",
    build: { (site) throws(ImportError) in [try transposedConvolution(site)] }),
]

/// The sizes of `[out, in, spatial...]` weights, which must be known.
private func weightShape(_ site: NodeSite, _ weights: Value, axes: Int) throws(ImportError) -> Shape {
  guard site.type(weights).rank == axes + 2 else {
    throw site.error("the weights must have \(axes + 2) dimensions as the input has, gets \(site.type(weights))")
  }
  guard let shape = site.type(weights).shape else {
    throw site.unsupported("weights of unknown shape \(site.type(weights))")
  }
  guard shape.dims.allSatisfy({ $0 > 0 }) else { throw site.error("the weights are empty: \(shape)") }
  return shape
}

/// Weights in the order of the operator that reads them: of a constant converted once, else by operators.
private func reordered(
  _ site: NodeSite, _ weights: Value, _ layout: String, permutation: [Int], shape: [Int]
) throws(ImportError) -> Value {
  let rank = site.type(weights).rank
  let order = rank == 4 ? permutation : permutation.filter { $0 < 3 }
  if let constant = site.builder.converted(weights, layout, { $0.transposed(order).reshaped(Shape(shape)) }) {
    return constant
  }
  let turned = try site.add(Transpose(permutation: order), [weights], part: layout)
  return try site.add(Reshape(dims: shape), [turned], part: layout + "_kernel")
}

private func convolution(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.float(0), weights = try site.float(1)
  let isVolume = site.type(x).rank == 5
  let axes = isVolume ? 3 : try site.spatialAxes(x)
  let shape = try weightShape(site, weights, axes: axes)
  let groups = try site.int("group", default: 1)
  let (filters, depth) = (shape[0], shape[1])
  guard groups > 0, filters % groups == 0 else {
    throw site.error("\(filters) output channels cannot be cut into \(groups) groups")
  }
  let (channels, overflow) = depth.multipliedReportingOverflow(by: groups)
  guard !overflow, site.type(x).dims[1].map({ $0 == channels }) ?? true else {
    throw site.error("the weights are for \(channels) input channels, the input is \(site.type(x))")
  }
  let bias = try site.optional(2).map { (bias) throws(ImportError) in
    try site.vector(bias, count: filters, "bias")
  }
  if isVolume {
    return try site.convolveVolumes(x, weights, shape, bias: bias, groups: groups) {
      (layer, part) throws(ImportError) in
      try reordered(site, layer, part, permutation: [2, 3, 1, 0], shape: [shape[3], shape[4], depth, filters])
    }
  }
  let window = try Window(site, axes: axes, kernel: Array(shape.dims.dropFirst(2)))
  let (height, width) = (window.size.height, window.size.width)
  if depth == 1, groups == channels, groups > 1 {
    let kernel = try reordered(
      site, weights, "depthwise", permutation: [2, 3, 0, 1], shape: [height, width, channels, filters / channels])
    let op = DepthwiseConv2D(strides: window.strides, padding: window.padding, dilation: window.dilation)
    return try site.onImages(x) { (image) throws(ImportError) in
      try site.add(op, [image, kernel] + (bias.map { [$0] } ?? []), part: "image")
    }
  }
  let kernel = try reordered(
    site, weights, "hwio", permutation: [2, 3, 1, 0], shape: [height, width, depth, filters])
  let op = Conv2D(strides: window.strides, padding: window.padding, dilation: window.dilation, groups: groups)
  return try site.onImages(x) { (image) throws(ImportError) in
    try site.add(op, [image, kernel] + (bias.map { [$0] } ?? []), part: "image")
  }
}

private func transposedConvolution(_ site: NodeSite) throws(ImportError) -> Value {
  let x = try site.float(0), weights = try site.float(1)
  let axes = try site.spatialAxes(x)
  let shape = try weightShape(site, weights, axes: axes)
  let window = try Window(site, axes: axes, kernel: Array(shape.dims.dropFirst(2)))
  let groups = try site.int("group", default: 1)
  let channels = shape[0]
  guard groups > 0, channels % groups == 0 else {
    throw site.error("\(channels) input channels cannot be cut into \(groups) groups")
  }
  guard site.type(x).dims[1].map({ $0 == channels }) ?? true else {
    throw site.error("the weights are for \(channels) input channels, the input is \(site.type(x))")
  }
  let (filters, overflow) = shape[1].multipliedReportingOverflow(by: groups)
  guard !overflow else { throw site.error("too many groups") }
  let bias = try site.optional(2).map { (bias) throws(ImportError) in
    try site.vector(bias, count: filters, "bias")
  }
  let op = try scatter(site, window, x)
  let kernel = try reordered(
    site, weights, "hwoi", permutation: [2, 3, 1, 0],
    shape: [window.size.height, window.size.width, shape[1], channels])
  return try site.onImages(x) { (image) throws(ImportError) in
    let biases = bias.map { [$0] } ?? []
    guard groups > 1 else { return try site.add(op, [image, kernel] + biases, part: "image") }
    guard groups <= 4096 else { throw site.unsupported("\(groups) groups") }
    // Each group of input channels has its own kernels.
    let width = channels / groups
    var parts: [Value] = []
    for group in 0..<groups {
      let range = Slice.Axis(3, start: group * width, stop: (group + 1) * width)
      let source = try site.add(Slice([range]), [image], part: "group\(group)")
      let own = try site.add(Slice([range]), [kernel], part: "kernel\(group)")
      parts.append(try site.add(op, [source, own], part: "part\(group)"))
    }
    let joined = try site.add(Concat(axis: 3), parts, part: "groups")
    return try biases.first.map { (bias) throws(ImportError) in
      try site.add(Binary(.add), [joined, bias], part: "image")
    } ?? joined
  }
}

/// The transposed convolution that the attributes describe, its padding made explicit.
private func scatter(_ site: NodeSite, _ window: Window, _ x: Value) throws(ImportError) -> Conv2DTranspose {
  let axes = try site.spatialAxes(x)
  let added = try site.ints("output_padding") ?? [Int](repeating: 0, count: axes)
  guard added.count == axes, added.allSatisfy((0...Limits.windowSize).contains) else {
    throw site.error("output_padding must be \(axes) numbers from 0 on, gets \(added)")
  }
  let wanted = try site.ints("output_shape")
  // The whole shape in some files.
  let sizes = wanted.map { Array($0.suffix(axes)) }
  if let sizes, sizes.count != axes || !sizes.allSatisfy((1...Limits.windowSize).contains) {
    throw site.error("output_shape must be \(axes) sizes, gets \(sizes)")
  }
  func axis(_ place: Int) throws(ImportError) -> (before: Int, after: Int, added: Int) {
    let horizontal = place == axes - 1
    func pick(_ pair: Pair) -> Int { horizontal ? pair.width : pair.height }
    let (stride, extent) = (pick(window.strides), (pick(window.size) - 1) * pick(window.dilation) + 1)
    let total: Int
    if let sizes {
      guard let input = site.type(x).dims[2 + place] else {
        throw site.unsupported(
          "output_shape for an input of open size", remedy: .advice("export it with pads and output_padding"))
      }
      total = stride * (input - 1) + added[place] + extent - sizes[place]
    } else if window.automatic == .sameUpper || window.automatic == .sameLower {
      // As large as the input times the stride.
      total = added[place] + extent - stride
    } else {
      return (pick(window.before), pick(window.after), added[place])
    }
    guard total >= 0 else { return (0, 0, added[place] - total) }
    let less = total / 2, more = total - total / 2
    return window.automatic == .sameUpper ? (less, more, added[place]) : (more, less, added[place])
  }
  let columns = try axis(axes - 1)
  let rows = axes == 2 ? try axis(0) : (before: 0, after: 0, added: 0)
  return Conv2DTranspose(
    strides: window.strides,
    padding: .explicit(top: rows.before, bottom: rows.after, left: columns.before, right: columns.after),
    dilation: window.dilation, outputPadding: .explicit(Pair(rows.added, columns.added)))
}
