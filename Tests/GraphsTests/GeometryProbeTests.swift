import Graphs
import Ops
import Tensors
import TestSupport
import Testing

/// A random encoder and decoder; along one axis only, so that the other can be as small as a pixel.
private func randomNetwork(seed: UInt64, along axis: Int) throws -> Graph {
  var numbers = SeededNumbers(seed)
  func along(_ count: Int) -> Pair { axis == 1 ? Pair(count, 1) : Pair(1, count) }
  func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: choices.indices, using: &numbers)] }

  var graph = Graph()
  var x = graph.input("image", TensorType(.float32, [1, nil, nil, 1]))
  var skips: [(value: Value, factor: Int)] = []
  for level in 0..<pick([1, 2, 2]) {
    x = try graph.conv(x, "down\(level)", kernel: along(pick([1, 2, 3, 5])), dilation: along(pick([1, 1, 2])))
    let factor = pick([2, 2, 3])
    skips.append((x, factor))
    switch pick([0, 1, 2]) {
    case 0:
      let pool = MaxPool2D(size: along(factor), strides: along(factor), padding: .valid)
      x = try graph.add(pool, [x], name: "max\(level)")
    case 1:
      let pool = AveragePool2D(size: along(3), strides: along(factor), padding: .same)
      x = try graph.add(pool, [x], name: "average\(level)")
    default: x = try graph.conv(x, "strided\(level)", kernel: along(pick([3, 4])), strides: along(factor))
    }
  }
  x = try graph.conv(x, "bottom", kernel: along(3))
  for (level, skip) in skips.enumerated().reversed() {
    x = try graph.upsample(x, "up\(level)", pick(Upsampling.allCases), factors: along(skip.factor))
    x = try graph.add(Binary(.add), [skip.value, x], name: "join\(level)")
    x = try graph.conv(x, "up\(level)a", kernel: along(pick([1, 3, 4])))
  }
  graph.output(x, name: "y")
  return graph
}

/// How far an output lies from an input that changes it, at most: after it (what the output reads before itself) and before it.
private func probe(_ graph: Graph, along axis: Int, size: Int, around middle: Range<Int>) throws -> (Int, Int) {
  let shape: Shape = axis == 1 ? [1, size, 1, 1] : [1, 1, size, 1]
  let image = seededTensor(shape, seed: 9, in: 0...1)
  let before = try graph.evaluate(["image": image])[0].floats
  var (greatestBefore, greatestAfter) = (0, 0)
  for place in middle {
    var changed = image.floats
    // Large enough to win every maximum and to outlast every mean.
    changed[place] += 1e6
    let after = try graph.evaluate(["image": Tensor(shape, changed)])[0].floats
    for output in before.indices where before[output] != after[output] {
      greatestBefore = max(greatestBefore, output - place)
      greatestAfter = max(greatestAfter, place - output)
    }
  }
  return (greatestBefore, greatestAfter)
}

@Test(arguments: 1...20 as ClosedRange<UInt64>, [1, 2])
func `analysis and probing agree`(seed: UInt64, axis: Int) throws {
  let graph = try randomNetwork(seed: seed, along: axis)
  let found = try localGeometry(graph)
  #expect(found.isLocal, "\(found.blockers)")
  let along = axis == 1 ? found.rows : found.columns
  #expect((axis == 1 ? found.columns : found.rows) == SceneGeometry.Axis())

  let periods = (along.haloBefore + along.haloAfter) / along.modulus + 2
  let size = along.modulus * (2 * periods + 1)
  let middle = along.modulus * periods..<along.modulus * (periods + 1)
  let (before, after) = try probe(graph, along: axis, size: size, around: middle)
  #expect(before == along.haloBefore, "\(graph)")
  #expect(after == along.haloAfter, "\(graph)")
}

@Test(arguments: Upsampling.allCases)
func `a tile with the aligned halo equals the whole`(up: Upsampling) throws {
  let graph = try Graph.unet(depth: 2, up)
  let axis = try localGeometry(graph).rows
  let (before, after) = (axis.alignedHaloBefore, axis.alignedHaloAfter)
  let (height, width, core) = (before + after + 3 * axis.modulus, axis.modulus, axis.modulus)
  let image = seededTensor([1, height, width, 1], seed: 5)
  let whole = try graph.evaluate(["image": image])[0].floats
  let start = axis.modulus
  let tile = Array(image.floats[start * width..<(start + before + core + after) * width])
  let part = try graph.evaluate(["image": Tensor([1, before + core + after, width, 1], tile)])[0].floats
  let kept = before * width..<(before + core) * width
  #expect(Array(part[kept]) == Array(whole[(start + before) * width..<(start + before + core) * width]))
}
