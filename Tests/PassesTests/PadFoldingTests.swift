import Graphs
import Ops
import Passes
import Tensors
import Testing

private let pad = Pad2D(top: 1, bottom: 2, left: 0, right: 1)

private func padded(_ op: any Op, kernel: Shape? = nil, by pad: Pad2D = pad) throws -> Graph {
  try Graph.image(channels: 2) { graph, x in
    let pad = try graph.add(pad, [x], name: "pad")
    let weights = kernel.map { [graph.weight("kernel", $0)] } ?? []
    return try graph.add(op, [pad] + weights, name: "window")
  }
}

@Test func `a convolution takes over zero padding`() throws {
  let graph = try padded(Conv2D(strides: 2, padding: .valid), kernel: [3, 3, 2, 4])
  #expect(
    "\(try applied(.padFolding, to: graph))" == """
      %0 x = input() : f32[1x?x?x2]
      %1 kernel = constant() : f32[3x3x2x4]
      %2 pad+window = conv2d(%0, %1) strides=2x2 padding=1,2,0,1 : f32[1x?x?x4]
      output y = %2
      """)
}

@Test func `explicit padding adds up`() throws {
  let own = Padding.explicit(top: 1, bottom: 0, left: 3, right: 0)
  let after = try applied(.padFolding, to: padded(DepthwiseConv2D(padding: own), kernel: [3, 3, 2, 1]))
  #expect(
    (after.nodes.last?.op as? DepthwiseConv2D)?.padding == .explicit(top: 2, bottom: 2, left: 3, right: 1))
}

@Test func `average pooling counts the padding it takes over`() throws {
  let graph = try padded(AveragePool2D(size: 3, strides: 2, padding: .valid))
  #expect(
    "\(try applied(.padFolding, to: graph))" == """
      %0 x = input() : f32[1x?x?x2]
      %1 pad+window = average_pool2d(%0) size=3x3 strides=2x2 padding=1,2,0,1 countPadding : f32[1x?x?x2]
      output y = %1
      """)
}

@Test func `a second reader of the padded image keeps it`() throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let pad = try graph.add(pad, [x], name: "pad")
    let conv = try graph.add(Conv2D(), [pad, graph.weight("kernel", [1, 1, 2, 2])], name: "conv")
    return try graph.add(Binary(.add), [pad, conv], name: "sum")
  }
  let after = try applied(.padFolding, to: graph)
  #expect(after.nodes.map(\.name) == ["x", "pad", "kernel", "pad+conv", "sum"])
}

@Test func `padding stays where it would not mean the same`() throws {
  let ones = Pad2D(top: 1, bottom: 1, left: 1, right: 1, value: 1)
  try expectUntouched(padded(Conv2D(), kernel: [3, 3, 2, 4], by: ones), by: .padFolding)
  try expectUntouched(padded(Conv2D(padding: .same), kernel: [3, 3, 2, 4]), by: .padFolding)
  try expectUntouched(padded(MaxPool2D(size: 3, strides: 2, padding: .valid)), by: .padFolding)
  let own = Padding.explicit(top: 1, bottom: 0, left: 0, right: 0)
  try expectUntouched(padded(AveragePool2D(size: 3, strides: 2, padding: own)), by: .padFolding)
  // A window that lay in padding alone is refused by pooling operators.
  try expectUntouched(padded(AveragePool2D(size: 2, strides: 2, padding: .valid)), by: .padFolding)
}
