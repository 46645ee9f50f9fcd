import Graphs
import Ops
import Passes
import Tensors
import Testing

/// Channels of an image taken one by one, changed, and stacked in another order.
private func stacked(
  at axis: Int, _ take: (inout Graph, Value, Int) throws -> Value, _ change: (inout Graph, Value) throws -> Value
) throws -> Graph {
  try Graph.image(channels: 3) { graph, x in
    var parts: [Value] = []
    for channel in [2, 0, 1] {
      let plane = try change(&graph, try take(&graph, x, channel))
      parts.append(try graph.add(ExpandDims(axes: [axis]), [plane], name: "channel\(channel)"))
    }
    return try graph.add(Concat(axis: axis), parts, name: "stack")
  }
}

private func squeezed(_ graph: inout Graph, _ x: Value, _ channel: Int) throws -> Value {
  let one = try graph.add(Slice([Slice.Axis(3, index: channel)]), [x], name: "slice\(channel)")
  return try graph.add(Squeeze(axes: [-1]), [one], name: "plane\(channel)")
}

private func gathered(_ graph: inout Graph, _ x: Value, _ channel: Int) throws -> Value {
  let index = graph.constant(Tensor([], .int64([Int64(channel - 3)])), name: "index\(channel)")
  return try graph.add(Gather(axis: -1), [x, index], name: "plane\(channel)")
}

private func centred(_ graph: inout Graph, _ x: Value) throws -> Value {
  let number = graph.constant(Tensor([1], [0.25]), name: "number\(x.node)")
  return try graph.add(Binary(.subtract), [x, number], name: "centred\(x.node)")
}

private func isLocal(_ graph: Graph) throws -> Bool { try localGeometry(graph).isLocal }

@Test func `channels taken and stacked stay channels`() throws {
  for take in [squeezed, gathered] {
    let graph = try stacked(at: -1, take, centred)
    #expect(try !isLocal(graph))
    let after = try applied(.unitAxisKeeping, to: graph)
    #expect(!after.nodes.contains { $0.op is Squeeze || $0.op is ExpandDims || $0.op is Gather })
    #expect(try isLocal(after))
  }
}

@Test func `channels stacked in another place are transposed`() throws {
  let after = try applied(.unitAxisKeeping, to: stacked(at: 1, squeezed, centred))
  #expect(after.nodes.count { ($0.op as? Transpose)?.permutation == [0, 3, 1, 2] } == 3)
}

@Test func `planes are joined with one another`() throws {
  let graph = try Graph.image(channels: 3) { graph, x in
    let (a, b) = (try squeezed(&graph, x, 0), try squeezed(&graph, x, 1))
    let difference = try graph.add(Binary(.subtract), [a, b], name: "difference")
    let mean = try graph.add(Reduce(kind: .mean, axes: [3], keepDims: false), [x], name: "mean")
    let product = try graph.add(Binary(.multiply), [difference, mean], name: "product")
    return try graph.add(ExpandDims(axes: [3]), [product], name: "index")
  }
  #expect(try isLocal(applied(.unitAxisKeeping, to: graph)))
}

@Test func `planes of other shapes stay`() throws {
  // A number for each column would be taken for one for each channel.
  let columns = try Graph.image(channels: 3) { graph, x in
    let scaled = try graph.add(
      Binary(.multiply), [squeezed(&graph, x, 1), graph.weight("columns", [6])], name: "scaled")
    return try graph.add(ExpandDims(axes: [3]), [scaled], name: "channel")
  }
  try expectUntouched(columns, by: .unitAxisKeeping)
  let sums = try Graph.image(channels: 3) { graph, x in
    let row = try graph.add(Reduce(kind: .sum, axes: [1, 2], keepDims: false), [x], name: "sums")
    return try graph.add(ExpandDims(axes: [1]), [row], name: "row")
  }
  try expectUntouched(sums, by: .unitAxisKeeping)
}
