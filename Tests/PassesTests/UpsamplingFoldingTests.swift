import Graphs
import Ops
import Passes
import Tensors
import Testing

private func upsampled(_ scale: Pair, kernel: Pair, _ op: Conv2D, method: ResizeRule.Method = .nearest) throws -> Graph
{
  try Graph.image(channels: 3) { graph, x in
    let up = try graph.add(Resize(method: method, target: .scale(scale)), [x], name: "up")
    let depth = 3 / op.groups
    let weights = [
      graph.weight("kernel", [kernel.height, kernel.width, depth, 3]), graph.weight("bias", [3]),
    ]
    return try graph.add(op, [up] + weights, name: "conv")
  }
}

@Test func `nearest upsampling and a convolution become a transposed convolution`() throws {
  let graph = try upsampled(2, kernel: 3, Conv2D(padding: .same, activation: .relu))
  #expect(
    "\(try applied(.upsamplingFolding, to: graph))" == """
      %0 x = input() : f32[1x?x?x3]
      %1 bias = constant() : f32[3]
      %2 kernel+up = constant() : f32[4x4x3x3]
      %3 up+conv = conv2d_transpose(%0, %2, %1) strides=2x2 padding=1,1,1,1 outputPadding=0x0 activation=relu : f32[1x?x?x3]
      output y = %3
      """)
}

@Test(
  arguments: [Pair(2), Pair(3), Pair(2, 1), Pair(1, 4)],
  [Padding.same, .valid, .explicit(top: 0, bottom: 1, left: 1, right: 0)])
func `all factors, kernels and paddings`(_ scale: Pair, _ padding: Padding) throws {
  for kernel in [Pair(2), Pair(3), Pair(4, 2), Pair(5, 3)] {
    let graph = try upsampled(scale, kernel: kernel, Conv2D(padding: padding))
    let after = try applied(.upsamplingFolding, to: graph)
    #expect(after.nodes.contains { $0.op is Conv2DTranspose })
  }
}

@Test func `other upsampling and other convolutions stay`() throws {
  for (scale, op, method) in [
    (Pair(2), Conv2D(padding: .same), ResizeRule.Method.linear), (2, Conv2D(strides: 2, padding: .same), .nearest),
    (2, Conv2D(padding: .same, dilation: 2), .nearest), (2, Conv2D(padding: .same, groups: 3), .nearest),
    (2, Conv2D(padding: .same, algorithm: .winograd(tile: 4)), .nearest), (1, Conv2D(padding: .same), .nearest),
    (2, Conv2D(padding: .explicit(top: 3, bottom: 0, left: 0, right: 0)), .nearest),
  ] {
    try expectUntouched(try upsampled(scale, kernel: 3, op, method: method), by: .upsamplingFolding)
  }
  let graph = try Graph.image(channels: 3) { graph, x in
    let up = try graph.add(Resize(method: .nearest, target: .scale(2)), [x], name: "up")
    let conv = try graph.add(Conv2D(padding: .same), [up, graph.weight("kernel", [3, 3, 3, 3])], name: "conv")
    return try graph.add(Binary(.add), [up, conv], name: "sum")
  }
  try expectUntouched(graph, by: .upsamplingFolding)
}
