import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

private let first = Transpose(permutation: [0, 3, 1, 2]), last = Transpose(permutation: [0, 2, 3, 1])

extension Graph {
  /// A graph with one image input whose channels come first, and the output that `build` returns.
  fileprivate static func planes(channels: Int, _ build: (inout Graph, Value) throws -> Value) throws -> Graph {
    var graph = Graph()
    let x = graph.input("x", TensorType(.float32, [1, channels, nil, nil]))
    graph.output(try build(&graph, x), name: "y")
    return graph
  }

  /// A convolution of planes: an ordinary one between transpositions.
  fileprivate mutating func planeConv(_ x: Value, _ from: Int, _ to: Int, _ name: String) throws -> Value {
    let image = try add(last, [x], name: "\(name)/channels_last")
    let kernel = weight("\(name)/kernel", [3, 3, from, to])
    return try add(first, [try add(Conv2D(padding: .same), [image, kernel], name: "\(name)/image")], name: name)
  }
}

/// The pass until it finds nothing more; the result computes the same.
private func moved(_ graph: Graph) throws -> Graph {
  var (result, budget, log) = (graph, Int.max, Graph.RewriteLog())
  var before: Int
  repeat {
    before = log.count
    result = try result.applying(.transposeMotion, budget: &budget, log: &log)
  } while log.count > before
  try expectEquivalent(graph, result)
  return result
}

private func transposes(_ graph: Graph) -> [String] { graph.nodes.filter { $0.op is Transpose }.map(\.name) }

@Test func `a U-Net of planes is transposed at its ends alone`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    let scaled = try graph.add(Binary(.multiply), [x, graph.weight("scale", [3, 1, 1])], name: "scaled")
    let skip = try graph.add(Activate(.relu), [graph.planeConv(scaled, 3, 4, "a")], name: "skip")
    let pooled = try graph.add(last, [skip], name: "pool/channels_last")
    let pool = try graph.add(MaxPool2D(size: 2, strides: 2, padding: .same), [pooled], name: "pool/image")
    let deep = try graph.planeConv(graph.add(first, [pool], name: "pool"), 4, 4, "b")
    let drop = try graph.add(Identity(), [deep], name: "drop")
    let up = try graph.add(last, [drop], name: "up/channels_last")
    let larger = try graph.add(Resize(method: .nearest, target: .scale(2)), [up], name: "up/image")
    let joined = try graph.add(Concat(axis: 1), [graph.add(first, [larger], name: "up"), skip], name: "joined")
    let slope = try graph.add(PRelu(), [joined, graph.weight("slope", [8, 1, 1])], name: "prelu")
    return try graph.add(Softmax(axis: 1), [graph.planeConv(slope, 8, 2, "c")], name: "classes")
  }
  let after = try moved(graph)
  #expect(transposes(after) == ["x/transpose", "classes/transpose"])
  #expect((after.nodes.first { $0.name == "classes" })?.op as? Softmax == Softmax(axis: 3))
  #expect((after.nodes.first { $0.name == "joined" })?.op as? Concat == Concat(axis: 3))
  let ends = channelsLast(after)
  #expect(transposes(ends).isEmpty)
  #expect(ends.nodes[ends.inputs[0]].types[0] == TensorType(.float32, [1, nil, nil, 3]))
  #expect(ends.outputs.map { ends[$0.value] } == [TensorType(.float32, [1, nil, nil, 2])])

  let image = seededTensor([1, 6, 8, 3])
  let expected = try graph.evaluate(["x": first.evaluate([image])[0]])[0]
  #expect(try first.evaluate([ends.evaluate(["x": image])[0]])[0] == expected)
}

@Test func `an image that is joined as it is is transposed for it`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    let deep = try graph.planeConv(x, 3, 4, "a")
    return try graph.planeConv(graph.add(Concat(axis: 1), [deep, x], name: "joined"), 7, 2, "b")
  }
  #expect(transposes(try moved(graph)) == ["a/channels_last", "b"])
}

@Test func `values of one pixel multiply channels`() throws {
  let graph = try Graph.planes(channels: 4) { graph, x in
    let image = try graph.add(last, [x], name: "pool/channels_last")
    let pool = try graph.add(GlobalPool2D(kind: .average), [image], name: "pool")
    let squeezed = try graph.add(Reshape(dims: [0, 4, 1, 1]), [pool], name: "reshape")
    let gate = try graph.add(Activate(.sigmoid), [squeezed], name: "gate")
    return try graph.planeConv(graph.add(Binary(.multiply), [x, gate], name: "excited"), 4, 2, "conv")
  }
  let after = try optimised(graph, kernels: .underTest).graph
  try expectEquivalent(graph, after)
  #expect(transposes(after) == ["pool/channels_last", "conv"])
  #expect(transposes(channelsLast(after)).isEmpty)
}

@Test func `reductions, borders and slices keep their axes`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    let deep = try graph.planeConv(x, 3, 4, "a")
    let pad = try graph.add(Pad(before: [0, 0, 1, 2], after: [0, 0, 0, 3], mode: .reflect), [deep], name: "pad")
    let cut = try graph.add(Slice([.init(2, start: 1), .init(-1, start: 0, stop: -1)]), [pad], name: "cut")
    let spread = try graph.add(Reduce(kind: .max, axes: [1], keepDims: true), [cut], name: "max")
    let mean = try graph.add(Reduce(kind: .mean, axes: [2, 3], keepDims: false), [cut], name: "mean")
    let row = try graph.add(Slice([.init(-1, index: 0)]), [cut], name: "row")
    graph.output(try graph.add(Squeeze(axes: [3]), [row], name: "column"), name: "column")
    let tiled = try graph.add(Tile(repeats: [1, 2, 1, 3]), [cut], name: "tiled")
    graph.output(try graph.add(Repeat(2, axis: 1), [tiled], name: "repeated"), name: "repeated")
    let sum = try graph.add(Binary(.add), [cut, spread], name: "sum")
    graph.output(mean, name: "means")
    let labels = try graph.add(ArgMax(axis: 1), [sum], name: "labels")
    graph.output(try graph.add(Cast(to: .float32), [labels], name: "numbers"), name: "numbers")
    return sum
  }
  let after = try moved(graph)
  #expect(
    transposes(after) == ["a/channels_last", "column/transpose", "repeated/transpose", "sum/transpose"])
  let borders = try #require((after.nodes.first { $0.name == "pad" })?.op as? Pad)
  #expect(borders.before == [0, 1, 2, 0] && borders.after == [0, 0, 3, 0])
  #expect(((after.nodes.first { $0.name == "mean" })?.op as? Reduce)?.axes == [1, 2])
}

@Test func `channels are picked wherever they come`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    let order = graph.constant(Tensor([4], .int64([2, 0, -2, 0])), name: "order")
    let picked = try graph.add(Gather(axis: 1), [x, order], name: "picked")
    return try graph.planeConv(picked, 4, 2, "a")
  }
  let after = try moved(graph)
  #expect(after.nodes.contains { ($0.op as? Gather)?.axis == 3 })
  #expect(try localGeometry(channelsLast(after)).isLocal)
}

@Test func `what other axes or other values depend on stays`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    let deep = try graph.planeConv(x, 3, 4, "a")
    return try graph.add(Reshape(dims: [0, 4, -1]), [graph.add(Activate(.tanh), [deep], name: "tanh")], name: "flat")
  }
  #expect(transposes(try moved(graph)) == ["a/channels_last", "tanh/transpose"])
  let other = try Graph.image(channels: 2) { graph, x in
    let turned = try graph.add(Transpose(permutation: [0, 2, 1, 3]), [x], name: "turned")
    return try graph.add(Activate(.relu), [turned], name: "relu")
  }
  try expectUntouched(other, by: .transposeMotion)
}

@Test func `two transpositions become one, and equal ones are shared`() throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let turned = try graph.add(Transpose(permutation: [0, 2, 1, 3]), [x], name: "turned")
    let again = try graph.add(Transpose(permutation: [0, 1, 3, 2]), [turned], name: "again")
    let twin = try graph.add(Transpose(permutation: [0, 2, 1, 3]), [x], name: "twin")
    graph.output(try graph.add(Activate(.relu), [twin], name: "relu"), name: "z")
    graph.output(turned, name: "w")
    return again
  }
  let after = try moved(graph)
  #expect(transposes(after) == ["turned", "again"])
  #expect((after.nodes.first { $0.name == "again" })?.op as? Transpose == Transpose(permutation: [0, 2, 3, 1]))
}

@Test func `an output is never the input itself, however often it was turned`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    try graph.add(first, [graph.add(last, [x], name: "there")], name: "back")
  }
  try expectUntouched(graph, by: .transposeMotion)
  #expect(
    "\(channelsLast(graph))" == """
      %0 x = input() : f32[1x?x?x3]
      %1 back = transpose(%0) [0,3,1,2] : f32[1x3x?x?]
      output y = %1
      """)
}

@Test func `reshapes that follow each other become one`() throws {
  let graph = try Graph.image(channels: 2) { graph, x in
    let pool = try graph.add(GlobalPool2D(kind: .max, keepDims: true), [x], name: "pool")
    let planes = try graph.add(first, [pool], name: "planes")
    let flat = try graph.add(Reshape(dims: [0, -1]), [planes], name: "flat")
    return try graph.add(Reshape(dims: [0, 2, 1]), [flat], name: "vector")
  }
  var (after, budget, log) = (graph, Int.max, Graph.RewriteLog())
  for _ in 0..<3 { after = try after.applying(.reshapeMerging, budget: &budget, log: &log) }
  try expectEquivalent(graph, after)
  #expect(
    "\(after)" == """
      %0 x = input() : f32[1x?x?x2]
      %1 pool = global_pool2d(%0) max keepDims : f32[1x1x1x2]
      %2 vector = reshape(%1) [1,2,1] : f32[1x2x1]
      output y = %2
      """)
}

@Test func `reshapes between which a copied dimension changes its meaning stay`() throws {
  var graph = Graph()
  let x = graph.input("x", TensorType(.float32, [1, nil, 4]))
  let middle = try graph.add(Reshape(dims: [0, -1, 2]), [x], name: "middle")
  graph.output(try graph.add(Reshape(dims: [0, 0, 2]), [middle], name: "copy"), name: "y")
  try expectUntouched(graph, by: .reshapeMerging)
}

@Test func `sizes are taken from what is transposed, in the order of its axes`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    let deep = try graph.planeConv(x, 3, 4, "a")
    for (name, op) in [("all", ShapeOf()), ("image", ShapeOf(from: 2)), ("front", ShapeOf(from: 0, to: 2))] {
      let sizes = try graph.add(op, [deep], name: name)
      graph.output(try graph.add(Cast(to: .float32), [sizes], name: "\(name)/float"), name: name)
    }
    return try graph.planeConv(deep, 4, 2, "b")
  }
  let after = try moved(graph)
  #expect(transposes(after) == ["a/channels_last", "b"])
}

@Test func `an image whose sizes are read is taken channels last`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    let sizes = try graph.add(ShapeOf(), [x], name: "sizes")
    graph.output(try graph.add(Cast(to: .float32), [sizes], name: "float"), name: "sizes")
    return try graph.planeConv(x, 3, 2, "a")
  }
  let ends = channelsLast(try moved(graph))
  #expect(transposes(ends).isEmpty)
  let image = seededTensor([1, 6, 8, 3])
  #expect(try ends.evaluate(["x": image])[0].floats == [1, 3, 6, 8])
}

@Test func `padding and slices by computed numbers change the order of their axes`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    let deep = try graph.planeConv(x, 3, 4, "a")
    let rows = try graph.add(ShapeOf(from: 2, to: 3), [x], name: "rows")
    let zeros = graph.constant(Tensor([2], .int64([0, 0])), name: "zeros")
    let more = graph.constant(Tensor([1], .int64([1])), name: "more")
    let borders = try graph.add(Concat(axis: 0), [zeros, rows, more, zeros, more, rows], name: "borders")
    let padded = try graph.add(DynamicPad(), [deep, borders], name: "padded")
    let cut = try graph.add(DynamicSlice(axes: [2]), [padded, more, rows], name: "cut")
    return try graph.planeConv(cut, 4, 2, "b")
  }
  let after = try moved(graph)
  #expect(transposes(after) == ["a/channels_last", "b"])
}

@Test func `borders of axes 1 and 2 are borders wherever these come from`() throws {
  let graph = try Graph.planes(channels: 3) { graph, x in
    let deep = try graph.planeConv(x, 3, 4, "a")
    let pad = try graph.add(Pad2D(top: 1, bottom: 2, left: 3, right: 0), [deep], name: "pad")
    let crop = try graph.add(Crop2D(top: 2, bottom: 1, left: 0, right: 2), [pad], name: "crop")
    return try graph.planeConv(crop, 4, 2, "b")
  }
  let after = try moved(graph)
  #expect(transposes(after) == ["a/channels_last", "b"])
}
