import Engine
import Graphs
import Ops
import Tensors
import TestSupport

/// The plan of a graph for the kernels under test.
func planned(_ graph: Graph) throws(EngineError) -> Plan { try Plan(graph, kernels: .underTest) }

/// A graph under construction whose layers draw their weights from one seeded source.
struct Network {
  var graph = Graph()
  private var random: RandomTensors

  init(seed: UInt64) { random = RandomTensors(seed: seed) }

  mutating func constant(_ shape: Shape, _ name: String, scale: Float = 0.3, centre: Float = 0) -> Value {
    graph.constant(random.tensor(shape, scale: scale, centre: centre), name: name)
  }

  mutating func weights(_ shape: Shape, fanIn: Int, _ name: String) -> Value {
    graph.constant(random.weights(shape, fanIn: fanIn), name: name)
  }

  mutating func convolution(
    _ x: Value, _ channels: Int, _ name: String, size: Int = 3, strides: Pair = 1, activation: Activation = .relu
  ) throws -> Value {
    let depth = graph[x].dims[3] ?? 0
    let kernel = weights([size, size, depth, channels], fanIn: size * size * depth, name + "/kernel")
    let bias = constant([channels], name + "/bias")
    return try graph.add(
      Conv2D(strides: strides, padding: .same, activation: activation), [x, kernel, bias], name: name)
  }

  mutating func batchNorm(_ x: Value, _ name: String) throws -> Value {
    let channels = graph[x].dims[3] ?? 0
    let parameters = [
      constant([channels], name + "/gamma", centre: 1), constant([channels], name + "/beta"),
      constant([channels], name + "/mean"), constant([channels], name + "/variance", centre: 1),
    ]
    return try graph.add(BatchNorm(epsilon: 1e-3), [x] + parameters, name: name)
  }

  mutating func upConvolution(_ x: Value, _ channels: Int, _ name: String) throws -> Value {
    let depth = graph[x].dims[3] ?? 0
    let kernel = weights([3, 3, channels, depth], fanIn: 9 * depth / 4, name + "/kernel")
    return try graph.add(
      Conv2DTranspose(strides: 2, padding: .same), [x, kernel, constant([channels], name + "/bias")], name: name)
  }
}

/// One level of a U-Net over an image of three channels and unknown size; outputs class probabilities.
///
/// Everything the optimiser rewrites is in it: batch normalisation, dropout, a separate activation, a concatenation.
func uNet() throws -> Graph {
  var net = Network(seed: 1)
  let image = net.graph.input("image", TensorType(.float32, [1, nil, nil, 3]))
  var skip = try net.convolution(image, 8, "enc", activation: .linear)
  skip = try net.batchNorm(skip, "enc/bn")
  skip = try net.graph.add(Activate(.relu), [skip], name: "enc/relu")
  let pooled = try net.graph.add(MaxPool2D(size: 2, strides: 2, padding: .valid), [skip], name: "pool")
  var x = try net.convolution(pooled, 12, "mid")
  x = try net.graph.add(Identity(), [x], name: "dropout")
  x = try net.upConvolution(x, 8, "up")
  x = try net.graph.add(Concat(axis: -1), [skip, x], name: "join")
  x = try net.convolution(x, 8, "dec")
  x = try net.convolution(x, 4, "logits", size: 1, activation: .linear)
  net.graph.output(try net.graph.add(Softmax(), [x], name: "classes"), name: "classes")
  return net.graph
}

/// A random image of three channels.
func image(_ height: Int, _ width: Int, seed: UInt64 = 7) -> Tensor {
  var random = RandomTensors(seed: seed)
  return random.tensor([1, height, width, 3])
}

func specialised(_ graph: Graph, _ height: Int, _ width: Int) throws -> Graph {
  try graph.specialised(to: ["image": TensorType(.float32, [1, height, width, 3])])
}

/// The largest difference over the largest expected value; infinite for another shape or NaN.
func relativeDifference(_ result: Tensor, _ expected: Tensor) -> Float {
  guard result.shape == expected.shape else { return .infinity }
  let scale = expected.floats.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
  return zip(result.floats, expected.floats).reduce(Float(0)) { worst, pair in
    let difference = abs(pair.0 - pair.1) / scale
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}
