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
    _ x: Value, _ channels: Int, _ name: String, size: Int = 3, strides: Pair = 1, activation: Activation = .relu
  ) throws -> Value {
    let depth = graph[x].dims[3] ?? 0
    let kernel = graph.constant(
      random.weights([size, size, depth, channels], fanIn: size * size * depth), name: name + "/kernel")
    let bias = graph.constant(random.tensor([channels], scale: 0.3), name: name + "/bias")
    return try graph.add(
      Conv2D(strides: strides, padding: .same, activation: activation), [x, kernel, bias], name: name)
  }

  mutating func upConvolution(_ x: Value, _ channels: Int, _ name: String) throws -> Value {
    let depth = graph[x].dims[3] ?? 0
    let kernel = graph.constant(
      random.weights([3, 3, channels, depth], fanIn: 9 * depth / 4), name: name + "/kernel")
    return try graph.add(Conv2DTranspose(strides: 2, padding: .same), [x, kernel], name: name)
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
func uNet() throws -> Graph {
  var net = Network(seed: 11)
  let fine = try net.convolution(net.image, 6, "enc0")
  let half = try net.convolution(try net.pool(fine, "pool0"), 8, "enc1")
  var x = try net.convolution(try net.pool(half, "pool1"), 10, "mid")
  x = try net.graph.add(Resize2D(method: .bilinear, target: .scale(2)), [x], name: "up1")
  x = try net.graph.add(Concat(axis: -1), [half, x], name: "join1")
  x = try net.upConvolution(try net.convolution(x, 8, "dec1"), 6, "up0")
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
