import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// Borders that repeat the image, blocks of pixels and slices between convolutions.
private func network(_ mode: Pad.Mode) throws -> Graph {
  var graph = Graph()
  var x = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  func convolve(_ name: String, _ channels: Int) throws {
    let depth = graph[x].dims[3] ?? 0
    let kernel = graph.constant(
      seededTensor([3, 3, depth, channels], seed: UInt64(graph.nodes.count)), name: name + "/w")
    x = try graph.add(Pad(before: [0, 1, 1, 0], after: [0, 1, 1, 0], mode: mode), [x], name: name + "/pad")
    x = try graph.add(Conv2D(), [x, kernel], name: name)
  }
  try convolve("first", 4)
  x = try graph.add(SpaceToDepth(block: 2), [x], name: "deep")
  try convolve("second", 8)
  x = try graph.add(Slice([Slice.Axis(3, step: -1)]), [x], name: "turned")
  x = try graph.add(DepthToSpace(block: 2, order: .channelsFirst), [x], name: "flat")
  let even = try graph.add(Slice([Slice.Axis(1, step: 2)]), [x], name: "even")
  let level = try graph.add(Reduce(kind: .max, axes: [-1], keepDims: true), [even], name: "level")
  graph.output(try graph.add(Repeat(2, axis: 1), [level], name: "y"), name: "y")
  return graph
}

@Test(arguments: [Pad.Mode.reflect, .symmetric, .edge, .constant(1)])
func `tiles of a network with repeated borders equal the whole`(mode: Pad.Mode) throws {
  let graph = try network(mode)
  let geometry = try localGeometry(graph)
  #expect(geometry.isLocal && geometry.rows.modulus == 2)
  let axis = geometry.rows, (before, after) = (axis.alignedHaloBefore, axis.alignedHaloAfter)
  let (height, width) = (before + after + 12, 4)
  let image = seededTensor([1, height, width, 1], seed: 5)
  let whole = try graph.evaluate(["image": image])[0].floats
  for core in [0..<4, 4..<before + 6, height - 6..<height] {
    let tile = max(core.lowerBound - before, 0)..<min(core.upperBound + after, height)
    let rows = Array(image.floats[tile.lowerBound * width..<tile.upperBound * width])
    let part = try graph.evaluate(["image": Tensor([1, tile.count, width, 1], rows)])[0].floats
    let kept = core.lowerBound - tile.lowerBound..<core.upperBound - tile.lowerBound
    #expect(
      Array(part[kept.lowerBound * width..<kept.upperBound * width])
        == Array(whole[core.lowerBound * width..<core.upperBound * width]), "\(core)")
  }
}

@Test(arguments: [
  (Slice([Slice.Axis(1, stop: 8)]) as any Op, "slice"), (Slice([Slice.Axis(2, step: -1)]), "slice"),
  (Pad(before: [0, 1, 0, 0], after: [0, 0, 0, 0], mode: .wrap), "pad"), (Roll(1, axis: 1), "roll"),
])
func `picks from far away make a network global`(op: any Op, name: String) throws {
  var graph = Graph()
  let x = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  graph.output(try graph.add(op, [x], name: "far"), name: "y")
  #expect(
    try localGeometry(graph).blockers
      == [SceneGeometry.Blocker(node: "far", reason: "\(name) depends on the whole image")])
}

@Test func `what fits corners to the image is named as what depends on its size`() throws {
  var graph = Graph()
  let x = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  let up = try graph.add(
    Resize(method: .linear, target: .scale(2), coordinates: .alignCorners), [x], name: "up")
  graph.output(up, name: "y")
  #expect(
    try localGeometry(graph).blockers.first
      == SceneGeometry.Blocker(node: "up", reason: "resize reads what changes with the size of the image"))
}
