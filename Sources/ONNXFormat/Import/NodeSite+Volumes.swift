import Graphs
import ModelFiles
import Ops
import Tensors

extension NodeSite {
  /// The sizes of `[N, C, D, H, W]`, which must be known.
  func volumeShape(_ x: Value) throws(ImportError) -> Shape {
    guard let shape = type(x).shape else { throw unsupported("over 3 spatial axes of open size \(type(x))") }
    return shape
  }

  /// `[N, C, D, H, W]` as `[N, D, H, W, C]`.
  func channelsLastVolume(_ x: Value) throws(ImportError) -> Value {
    try add(Transpose(permutation: [0, 2, 3, 4, 1]), [x], part: "channels_last")
  }

  /// Pooling over three axes, one after the other: `body` pools the images of all depths, then images whose rows are the depths
  /// and whose columns are all pixels of one depth.
  ///
  /// The largest of a box is the largest of those of its layers, and its mean the mean of theirs, for a box has as many elements
  /// inside the input in each of its layers.
  func onVolumes(
    _ x: Value, _ body: (_ image: Value, _ window: Window, _ part: String) throws(ImportError) -> Value
  ) throws(ImportError) -> Value {
    let shape = try volumeShape(x)
    let (count, channels, depth) = (shape[0], shape[1], shape[2])
    let layers = try add(
      Reshape(dims: [count * depth, shape[3], shape[4], channels]), [try channelsLastVolume(x)], part: "layers")
    let pooled = try body(layers, try Window(self, axes: 3, part: 1..<3), "layer")
    let sizes = try volumeShape(pooled)
    let rows = try add(
      Reshape(dims: [count, depth, sizes[1] * sizes[2], channels]), [pooled], part: "depths")
    let deep = try body(rows, try Window(self, axes: 3, part: 0..<1).turned, "depth")
    let result = try add(
      Reshape(dims: [count, try volumeShape(deep)[1], sizes[1], sizes[2], channels]), [deep], part: "volume")
    return try add(Transpose(permutation: [0, 4, 1, 2, 3]), [result])
  }

  /// Convolution over three axes as a sum of those over two: layer k of the kernel over the layers of the input that it meets.
  /// - Parameters:
  ///   - weights: `[out, in / groups, D, H, W]`
  ///   - shape: their sizes
  ///   - kernel: a layer of weights in the order of `Conv2D`
  func convolveVolumes(
    _ x: Value, _ weights: Value, _ shape: Shape, bias: Value?, groups: Int,
    kernel: (_ layer: Value, _ part: String) throws(ImportError) -> Value
  ) throws(ImportError) -> Value {
    let sizes = try volumeShape(x)
    let (count, channels, filters, layers) = (sizes[0], sizes[1], shape[0], shape[2])
    guard layers <= 64 else { throw unsupported("a kernel of \(layers) layers") }
    let window = try Window(self, axes: 3, part: 1..<3, kernel: Array(shape.dims.dropFirst(2)))
    let deep = try Window(self, axes: 3, part: 0..<1, kernel: Array(shape.dims.dropFirst(2)))
    let slide = deep.padding.resolve(
      size: Pair(1, sizes[2]), kernel: deep.size, stride: deep.strides, dilation: deep.dilation
    ).columns
    let depth = slide.output
    guard depth > 0 else { throw error("the window is larger than \(sizes)") }
    var volume = try channelsLastVolume(x)
    if slide.before > 0 || slide.after > 0 {
      volume = try add(
        Pad(before: [0, slide.before, 0, 0, 0], after: [0, slide.after, 0, 0, 0]), [volume], part: "padded")
    }
    let op = Conv2D(strides: window.strides, padding: window.padding, dilation: window.dilation, groups: groups)
    var sum: Value?
    for layer in 0..<layers {
      let start = layer * slide.dilation
      let met = try add(
        Slice([Slice.Axis(1, start: start, stop: start + (depth - 1) * slide.stride + 1, step: slide.stride)]),
        [volume],
        part: "met\(layer)")
      let images = try add(
        Reshape(dims: [count * depth, sizes[3], sizes[4], channels]), [met], part: "layers\(layer)")
      let own = try add(
        Squeeze(axes: [2]), [try add(Slice([Slice.Axis(2, index: layer)]), [weights], part: "cut\(layer)")],
        part: "kernel\(layer)")
      let inputs = [images, try kernel(own, "hwio\(layer)")] + (layer == 0 ? bias.map { [$0] } ?? [] : [])
      let part = try add(op, inputs, part: "part\(layer)")
      sum =
        try sum.map { (sum) throws(ImportError) in
          try add(Binary(.add), [sum, part], part: "sum\(layer)")
        } ?? part
    }
    guard let sum else { throw error("the weights are empty: \(shape)") }
    let image = try volumeShape(sum)
    let result = try add(Reshape(dims: [count, depth, image[1], image[2], filters]), [sum], part: "volume")
    return try add(Transpose(permutation: [0, 4, 1, 2, 3]), [result])
  }
}
