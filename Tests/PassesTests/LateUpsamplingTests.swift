import Graphs
import Ops
import Passes
import Tensors
import Testing

/// An upsampled image of three channels and what reads it.
private func upsampled(
  _ method: ResizeRule.Method, _ target: Resize.ImageTarget = .scale(2),
  _ build: (inout Graph, _ up: Value) throws -> Value
) throws -> Graph {
  try Graph.image(channels: 3) { graph, x in
    try build(&graph, try graph.add(Resize(method: method, target: target), [x], name: "up"))
  }
}

private func pointwiseConv(
  _ graph: inout Graph, _ x: Value, to channels: Int = 2, _ op: Conv2D = Conv2D()
) throws -> Value {
  let weights = [graph.weight("kernel", [1, 1, 3 / op.groups, channels]), graph.weight("bias", [channels])]
  return try graph.add(op, [x] + weights, name: "conv")
}

@Test func `bilinear upsampling follows an affine layer and precedes its activation`() throws {
  let graph = try upsampled(.linear) { try pointwiseConv(&$0, $1, Conv2D(padding: .same, activation: .relu)) }
  #expect(
    "\(try applied(.lateUpsampling, to: graph))" == """
      %0 x = input() : f32[1x?x?x3]
      %1 kernel = constant() : f32[1x1x3x2]
      %2 bias = constant() : f32[2]
      %3 conv = conv2d(%0, %1, %2) strides=1x1 padding=same : f32[1x?x?x2]
      %4 up = resize(%3) linear scale=2x2 : f32[1x?x?x2]
      %5 conv/activation = activate(%4) relu : f32[1x?x?x2]
      output y = %5
      """)
}

@Test func `nearest upsampling follows a head, and no bit changes`() throws {
  let graph = try upsampled(.nearest) { graph, up in
    let conv = try pointwiseConv(&graph, up, Conv2D(activation: .sigmoid))
    let swish = try graph.add(Activate(.silu), [conv], name: "swish")
    return try graph.add(Softmax(), [swish], name: "softmax")
  }
  var after = graph
  for _ in 0..<3 { after = try applied(.lateUpsampling, to: after, tolerance: 0) }
  #expect(after.nodes.map(\.name) == ["x", "kernel", "bias", "conv", "swish", "softmax", "up"])
  try expectUntouched(after, by: .lateUpsampling)
}

@Test(arguments: [ResizeRule.Method.nearest, .linear])
func `dense layers and normalisations move`(_ method: ResizeRule.Method) throws {
  let dense = try upsampled(method) { try $0.add(Dense(), [$1, $0.weight("kernel", [3, 3])], name: "layer") }
  #expect(try applied(.lateUpsampling, to: dense).nodes.map(\.name) == ["x", "kernel", "layer", "up"])
  let norm = try upsampled(method) {
    try $0.add(BatchNorm(epsilon: 1e-3), [$1] + $0.normParameters("bn", 3), name: "layer")
  }
  #expect(try applied(.lateUpsampling, to: norm).nodes.last?.name == "up")
}

@Test func `bilinear upsampling stays before what is not affine`() throws {
  try expectUntouched(
    upsampled(.linear) { try $0.add(Activate(.relu), [$1], name: "relu") }, by: .lateUpsampling)
  try expectUntouched(upsampled(.linear) { try $0.add(Softmax(), [$1], name: "softmax") }, by: .lateUpsampling)
}

@Test(arguments: [ResizeRule.Method.nearest, .linear])
func `layers that mix pixels, stride, pad or widen stay behind`(_ method: ResizeRule.Method) throws {
  try expectUntouched(
    upsampled(method) {
      try $0.add(Conv2D(padding: .same), [$1, $0.weight("kernel", [3, 1, 3, 2])], name: "conv")
    }, by: .lateUpsampling)
  try expectUntouched(
    upsampled(method) { try pointwiseConv(&$0, $1, Conv2D(strides: 2)) }, by: .lateUpsampling)
  try expectUntouched(
    upsampled(method) {
      try pointwiseConv(&$0, $1, Conv2D(padding: .explicit(top: 1, bottom: 0, left: 0, right: 0)))
    }, by: .lateUpsampling)
  try expectUntouched(upsampled(method) { try pointwiseConv(&$0, $1, to: 4) }, by: .lateUpsampling)
  try expectUntouched(upsampled(method) { try $0.add(Softmax(axis: 1), [$1], name: "softmax") }, by: .lateUpsampling)
}

@Test func `a resize that may shrink, or that others read, stays`() throws {
  try expectUntouched(
    upsampled(.nearest, .size(Pair(12, 12))) { try pointwiseConv(&$0, $1) }, by: .lateUpsampling)
  try expectUntouched(
    upsampled(.nearest) { graph, up in
      let conv = try pointwiseConv(&graph, up, to: 3)
      return try graph.add(Binary(.add), [up, conv], name: "sum")
    }, by: .lateUpsampling)
}

@Test func `a resize to a known size moves where it enlarges`() throws {
  func graph(_ size: Pair) throws -> Graph {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, 4, 6, 3]))
    let up = try graph.add(Resize(method: .linear, target: .size(size)), [x], name: "up")
    graph.output(try pointwiseConv(&graph, up), name: "y")
    return graph
  }
  #expect(try applied(.lateUpsampling, to: graph(Pair(5, 6))).nodes.last?.name == "up")
  try expectUntouched(graph(Pair(8, 5)), by: .lateUpsampling)
}
