import Graphs
import Ops
import Passes
import Tensors
import Testing

/// A convolution that reads an upsampled image of three channels, and where `joined` an image of two channels before it.
private func upsampling(
  _ op: Conv2D, kernel: Shape = [3, 3, 3, 2], method: ResizeRule.Method = .linear, scale: Pair = 4,
  joined: Bool = false
) throws -> Graph {
  var graph = Graph()
  let low = graph.input("low", TensorType(.float32, [1, 3, 4, 3]))
  let up = try graph.add(Resize(method: method, target: .scale(scale)), [low], name: "up")
  var images = [up]
  if joined {
    images.insert(graph.input("high", TensorType(.float32, [1, 3 * scale.height, 4 * scale.width, 2])), at: 0)
  }
  let weights = [graph.weight("kernel", kernel), graph.weight("bias", [kernel[3]])]
  graph.output(try graph.add(op, images + weights, name: "conv"), name: "y")
  return graph
}

@Test func `taps are multiplied before the upsampling`() throws {
  let graph = try upsampling(Conv2D(padding: .same, activation: .relu))
  #expect(
    "\(try applied(.tapsBeforeUpsampling, to: graph))" == """
      %0 low = input() : f32[1x3x4x3]
      %1 conv/taps/kernel = constant() : f32[1x1x3x18]
      %2 conv/taps/bias = constant() : f32[18]
      %3 conv/taps = conv2d(%0, %1, %2) strides=1x1 padding=valid : f32[1x3x4x18]
      %4 conv = upsampled_taps(%3) linear scale=4x4 kernel=3x3 activation=relu : f32[1x12x16x2]
      output y = %4
      """)
}

@Test(arguments: [Pair(3, 4), Pair(8)], [[3, 3], [2, 5]])
func `the other pieces of a concatenation are convolved as before`(_ scale: Pair, _ size: [Int]) throws {
  let graph = try upsampling(
    Conv2D(padding: .same, sources: 2), kernel: Shape(size + [5, 2]), scale: scale, joined: true)
  let after = try applied(.tapsBeforeUpsampling, to: graph)
  #expect(
    after.nodes.filter { !($0.op is Constant) }.map(\.name) == ["low", "high", "conv/taps", "conv/rest", "conv"])
}

@Test func `other convolutions stay`() throws {
  for op in [Conv2D(), Conv2D(strides: 2, padding: .same), Conv2D(padding: .same, dilation: 2)] {
    try expectUntouched(upsampling(op), by: .tapsBeforeUpsampling)
  }
  let same = Conv2D(padding: .same), pass = Pass.tapsBeforeUpsampling
  try expectUntouched(upsampling(Conv2D(padding: .same, groups: 3), kernel: [3, 3, 1, 3]), by: pass)
  try expectUntouched(upsampling(same, kernel: [3, 1, 3, 2]), by: pass)
  try expectUntouched(upsampling(same, scale: 2), by: pass)
  try expectUntouched(upsampling(same, method: .nearest), by: pass)
}
