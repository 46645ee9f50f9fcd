import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

/// Padding, convolution, dropout, normalisation, ReLU, and a joined skip.
private func example() throws -> Graph {
  try Graph.image(channels: 2) { graph, x in
    let pad = try graph.add(Pad2D(top: 1, bottom: 1, left: 1, right: 1), [x], name: "pad1")
    let conv = try graph.add(Conv2D(), [pad, graph.weight("conv1/kernel", [3, 3, 2, 3])], name: "conv1")
    let drop = try graph.add(Identity(), [conv], name: "drop1")
    let norm = try graph.add(BatchNorm(epsilon: 1e-3), [drop] + graph.normParameters("bn1", 3), name: "bn1")
    let relu = try graph.add(Activate(.relu), [norm], name: "relu1")
    let skip = try graph.add(Concat(axis: -1), [x, relu], name: "skip")
    return try graph.add(Conv2D(), [skip, graph.weight("conv2/kernel", [1, 1, 5, 2])], name: "conv2")
  }
}

@Test func `the pipeline leaves two convolutions`() throws {
  let graph = try example()
  let (after, log) = try optimised(graph, kernels: .underTest)
  try expectEquivalent(graph, after)
  #expect(
    "\(after)" == """
      %0 x = input() : f32[1x?x?x2]
      %1 conv1/kernel+bn1 = constant() : f32[3x3x2x3]
      %2 pad1+conv1/bias+bn1 = constant() : f32[3]
      %3 pad1+conv1+bn1+relu1 = conv2d(%0, %1, %2) strides=1x1 padding=1,1,1,1 activation=relu : f32[1x?x?x3]
      %4 conv2/kernel = constant() : f32[1x1x5x2]
      %5 skip+conv2 = conv2d(%0, %3, %4) strides=1x1 padding=valid sources=2 : f32[1x?x?x2]
      output y = %5
      """)
  #expect(
    log == [
      "identityRemoval: drop1", "padFolding: conv1", "batchNormFolding: bn1", "activationFusion: relu1",
      "concatFusion: conv2",
    ])
}

@Test(arguments: 0...5)
func `the pipeline stops after any number of rewrites with an equivalent graph`(count: Int) throws {
  let graph = try example()
  let (after, log) = try optimised(graph, kernels: .underTest, stopAfter: count)
  #expect(log.count == count)
  try expectEquivalent(graph, after)
  if count == 0 { #expect("\(after)" == "\(graph)") }
}

@Test func `an optimised graph is left as it is`() throws {
  let once = try optimised(example(), kernels: .underTest).graph
  let (twice, log) = try optimised(once, kernels: .underTest)
  #expect("\(twice)" == "\(once)")
  #expect(log.isEmpty)
}

@Test func `every pass has a name of its own and a reason`() {
  #expect(Set(pipeline.map(\.pass.name)).count == pipeline.count)
  #expect(pipeline.allSatisfy { !$0.reason.isEmpty })
}
