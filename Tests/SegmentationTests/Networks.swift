import Graphs
import Ops
import Scenes
import Segmentation
import Tensors
import TestSupport

/// A graph under construction over an image of three channels and unknown size.
struct Network {
  var graph = Graph()
  let image: Value
  private var random: RandomTensors

  init(seed: UInt64) {
    random = RandomTensors(seed: seed)
    image = graph.input("image", TensorType(.float32, [1, nil, nil, 3]))
  }

  mutating func convolution(
    _ x: Value, _ channels: Int, _ name: String, size: Int = 3, strides: Pair = 1, activation: Activation = .relu,
    padding: Padding = .same, dilation: Pair = 1, algorithm: ConvolutionAlgorithm = .direct
  ) throws -> Value {
    let depth = graph[x].dims[3] ?? 0
    let kernel = graph.constant(
      random.weights([size, size, depth, channels], fanIn: size * size * depth), name: name + "/kernel")
    let bias = graph.constant(random.tensor([channels], scale: 0.3), name: name + "/bias")
    return try graph.add(
      Conv2D(
        strides: strides, padding: padding, dilation: dilation, activation: activation, algorithm: algorithm),
      [x, kernel, bias], name: name)
  }

  mutating func upConvolution(_ x: Value, _ channels: Int, _ name: String) throws -> Value {
    let depth = graph[x].dims[3] ?? 0
    let kernel = graph.constant(
      random.weights([3, 3, channels, depth], fanIn: 9 * depth / 4), name: name + "/kernel")
    return try graph.add(Conv2DTranspose(strides: 2, padding: .same), [x, kernel], name: name)
  }

  mutating func depthwise(_ x: Value, dilation: Pair, _ name: String) throws -> Value {
    let depth = graph[x].dims[3] ?? 0
    let kernel = graph.constant(random.weights([3, 3, depth, 1], fanIn: 9), name: name + "/kernel")
    return try graph.add(
      DepthwiseConv2D(strides: 1, padding: .same, dilation: dilation, activation: .relu), [x, kernel], name: name)
  }

  mutating func pool(_ x: Value, _ name: String) throws -> Value {
    try graph.add(MaxPool2D(size: 2, strides: 2, padding: .valid), [x], name: name)
  }

  /// The graph with class probabilities of `x` as its output.
  mutating func classes(_ x: Value, _ count: Int = 4) throws -> Graph {
    let logits = try convolution(x, count, "logits", size: 1, activation: .linear)
    graph.output(try graph.add(Softmax(), [logits], name: "classes"), name: "classes")
    return graph
  }
}

/// Two levels of a U-Net, one way up by transposed convolution and one by bilinear resizing; strides multiply to 4.
///
/// With `filtered`, convolutions go by minimal filtering in tiles of both sizes: the modulus is 16.
func uNet(filtered: Bool = false) throws -> Graph {
  let large = filtered ? ConvolutionAlgorithm.winograd(tile: 4) : .direct
  let small = filtered ? ConvolutionAlgorithm.winograd(tile: 2) : .direct
  var net = Network(seed: 11)
  let fine = try net.convolution(net.image, 6, "enc0", algorithm: large)
  let half = try net.convolution(try net.pool(fine, "pool0"), 8, "enc1", algorithm: small)
  var x = try net.convolution(try net.pool(half, "pool1"), 10, "mid", algorithm: large)
  x = try net.graph.add(Resize(method: .linear, target: .scale(2)), [x], name: "up1")
  x = try net.graph.add(Concat(axis: -1), [half, x], name: "join1")
  x = try net.upConvolution(try net.convolution(x, 8, "dec1", algorithm: small), 6, "up0")
  x = try net.graph.add(Concat(axis: -1), [fine, x], name: "join0")
  return try net.classes(try net.convolution(x, 6, "dec0", algorithm: large))
}

/// Strided convolutions with SAME padding, dilated branches as in DeepLabV3+, depthwise and by minimal filtering, average pooling,
/// nearest resizing.
func dilatedNetwork() throws -> Graph {
  var net = Network(seed: 19)
  let half = try net.convolution(net.image, 8, "stem", strides: 2)
  let features = try net.convolution(half, 8, "down", size: 5, strides: 2)
  var branches = [try net.convolution(features, 6, "branch0", size: 1)]
  for rate in [2, 3] { branches.append(try net.depthwise(features, dilation: Pair(rate), "branch\(rate)")) }
  branches.append(try net.convolution(features, 6, "tiles", dilation: 2, algorithm: .winograd(tile: 2)))
  var x = try net.graph.add(Concat(axis: -1), branches, name: "join")
  x = try net.graph.add(AveragePool2D(size: 3, strides: 1, padding: .same), [x], name: "smooth")
  x = try net.graph.add(Resize(method: .nearest, target: .scale(2)), [x], name: "up1")
  x = try net.graph.add(Concat(axis: -1), [half, x], name: "low")
  x = try net.convolution(x, 6, "decoder", activation: .silu)
  return try net.classes(net.graph.add(Resize(method: .linear, target: .scale(2)), [x], name: "up0"))
}

/// Decides at a quarter of the size.
func quarterNetwork() throws -> Graph {
  var net = Network(seed: 23)
  let half = try net.convolution(net.image, 8, "stem", strides: 2)
  return try net.classes(net.convolution(try net.convolution(half, 8, "down", strides: 2), 6, "deep"))
}

/// Two levels of a U-Net without padding, for images of 4 n pixels, of which the output lacks 14.
func unpaddedNetwork() throws -> Graph {
  var net = Network(seed: 29)
  let fine = try net.convolution(net.image, 6, "enc0", size: 1, padding: .valid)
  let half = try net.convolution(try net.pool(fine, "pool0"), 8, "enc1", padding: .valid)
  var x = try net.convolution(try net.pool(half, "pool1"), 8, "mid", padding: .valid)
  x = try net.graph.add(Resize(method: .nearest, target: .scale(2)), [x], name: "up1")
  let inner = try net.graph.add(Crop2D(top: 2, bottom: 2, left: 2, right: 2), [half], name: "crop1")
  x = try net.graph.add(Concat(axis: -1), [inner, x], name: "join1")
  x = try net.graph.add(Resize(method: .linear, target: .scale(2)), [x], name: "up0")
  let outer = try net.graph.add(Crop2D(top: 6, bottom: 6, left: 6, right: 6), [fine], name: "crop0")
  x = try net.graph.add(Concat(axis: -1), [outer, x], name: "join0")
  return try net.classes(try net.convolution(x, 6, "dec0", padding: .valid))
}

/// Down by antialiased resizing, up by cubics that leave out what lies outside and that repeat the border.
func cubicNetwork() throws -> Graph {
  var net = Network(seed: 31)
  let fine = try net.convolution(net.image, 6, "enc0")
  var x = try net.graph.add(
    Resize([.init(1, .scale(0.5)), .init(2, .scale(0.5))], rule: ResizeRule(method: .cubic, antialias: true)), [fine],
    name: "down0")
  let half = try net.convolution(x, 8, "enc1")
  x = try net.graph.add(
    Resize([.init(1, .scale(0.5)), .init(2, .scale(0.5))], rule: .image(.linear, antialias: true)), [half],
    name: "down1")
  x = try net.convolution(x, 8, "mid")
  x = try net.graph.add(Resize(method: .cubic, target: .scale(2)), [x], name: "up1")
  x = try net.convolution(try net.graph.add(Concat(axis: -1), [half, x], name: "join1"), 6, "dec1")
  x = try net.graph.add(
    Resize([.init(1, .scale(2)), .init(2, .scale(2))], rule: ResizeRule(method: .cubic)), [x], name: "up0")
  x = try net.graph.add(Concat(axis: -1), [fine, x], name: "join0")
  return try net.classes(try net.convolution(x, 6, "dec0"))
}

/// Convolutions of size 1: no pixel depends on another.
func pointwiseNetwork() throws -> Graph {
  var net = Network(seed: 12)
  return try net.classes(try net.convolution(net.image, 7, "hidden", size: 1))
}

/// A random scene of three channels.
struct Scene {
  let size: PixelSize
  let pixels: [Float]

  init(_ size: PixelSize, seed: UInt64 = 21) {
    self.size = size
    var random = RandomTensors(seed: seed)
    pixels = random.tensor([size.height, size.width, 3]).floats
  }

  /// The scene enlarged by reflection at the bottom and at the right.
  func padded(to modulus: PixelSize) -> Tensor {
    let width = (size.width + modulus.width - 1) / modulus.width * modulus.width
    let height = (size.height + modulus.height - 1) / modulus.height * modulus.height
    var result: [Float] = []
    for y in 0..<height {
      for x in 0..<width {
        let source = (reflect(y, count: size.height) * size.width + reflect(x, count: size.width)) * 3
        result += pixels[source..<source + 3]
      }
    }
    return Tensor([1, height, width, 3], result)
  }
}
