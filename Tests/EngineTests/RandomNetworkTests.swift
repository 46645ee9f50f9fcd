import Engine
import Graphs
import Ops
import Passes
import Tensors
import TestSupport
import Testing

/// Networks of random layers over images of odd sizes, joined at random.
struct RandomNetworkTests {
  private func windowed(
    _ x: Value, _ net: inout Network, _ draws: inout SeededNumbers, _ name: String
  ) throws -> Value {
    let depth = net.graph[x].dims[3] ?? 0
    let channels = draws.pick(1...9)
    let (height, width) = (draws.pick(1...4), draws.pick(1...4))
    let strides = Pair(draws.pick(1...2), draws.pick(1...2))
    // Pools take no padding as large as their window.
    let sides = (0..<4).map { _ in draws.pick(0...min(height, width) - 1) }
    let padding: Padding = draws.element([
      .same, .same, .valid, .explicit(top: sides[0], bottom: sides[1], left: sides[2], right: sides[3]),
    ])
    let activation: Activation = draws.element([.linear, .relu, .leakyRelu(0.1), .tanh])
    let size = Pair(height, width)
    switch draws.pick(0...5) {
    case 0, 1:
      let dilation = strides == 1 && padding == .same ? Pair(draws.pick(1...2), draws.pick(1...3)) : 1
      let kernel = net.weights([height, width, depth, channels], fanIn: height * width * depth, name + "/kernel")
      return try net.graph.add(
        Conv2D(strides: strides, padding: padding, dilation: dilation, activation: activation),
        [x, kernel, net.constant([channels], name + "/bias")], name: name)
    case 2:
      let kernel = net.weights([height, width, depth, 1], fanIn: height * width, name + "/kernel")
      return try net.graph.add(
        DepthwiseConv2D(strides: Pair(strides.height), padding: padding, activation: activation), [x, kernel],
        name: name)
    case 3:
      let kernel = net.weights([height, width, channels, depth], fanIn: height * width * depth, name + "/kernel")
      return try net.graph.add(
        Conv2DTranspose(strides: strides, padding: draws.element([.same, .valid]), activation: activation),
        [x, kernel, net.constant([channels], name + "/bias")], name: name)
    case 4: return try net.graph.add(MaxPool2D(size: size, strides: strides, padding: padding), [x], name: name)
    default: return try net.graph.add(AveragePool2D(size: size, strides: strides, padding: padding), [x], name: name)
    }
  }

  private func pointwise(
    _ x: Value, _ earlier: [Value], _ net: inout Network, _ draws: inout SeededNumbers, _ name: String
  ) throws -> Value {
    let size = net.graph[x].dims[0...2]
    let partner = earlier.last { net.graph[$0].dims[0...2] == size && $0 != x }
    switch draws.pick(0...7) {
    case 0: return try net.batchNorm(x, name)
    case 1: return try net.graph.add(Activate(draws.element([.sigmoid, .relu, .silu])), [x], name: name)
    case 2:
      let method: ResizeRule.Method = draws.element([.nearest, .linear])
      return try net.graph.add(
        Resize(method: method, target: .scale(Pair(draws.pick(1...2), draws.pick(1...3)))), [x], name: name)
    case 3: return try net.graph.add(Concat(axis: -1), [x, partner ?? x, x], name: name)
    case 4:
      let pooled = try net.graph.add(GlobalPool2D(kind: .average, keepDims: true), [x], name: name + "/pooled")
      return try net.graph.add(Binary(.multiply), [x, pooled], name: name)
    case 5: return try picked(x, &net, &draws, name)
    case 6: return try chosen(x, &net, &draws, name)
    default:
      return try net.graph.add(
        Pad2D(top: draws.pick(0...2), bottom: draws.pick(0...2), left: draws.pick(0...2), right: draws.pick(0...2)),
        [x],
        name: name)
    }
  }

  /// Elements of `x` picked row by row, column by column or channel by channel.
  private func picked(_ x: Value, _ net: inout Network, _ draws: inout SeededNumbers, _ name: String) throws -> Value {
    let borders = (0..<4).map { _ in draws.pick(-1...3) }
    let pad = Pad(
      before: [0, borders[0], borders[1], 0], after: [0, borders[2], borders[3], 0],
      mode: draws.element([.reflect, .symmetric, .edge, .wrap, .constant(0.5)]))
    var ops: [any Op] = [
      pad, Slice([Slice.Axis(1, start: draws.pick(0...1), step: draws.pick(1...2)), Slice.Axis(2, stop: -1)]),
      Slice([Slice.Axis(3, step: -1)]), Slice([Slice.Axis(1, step: -1)]), Repeat(2, axis: draws.pick(1...3)),
      Roll(1, axis: draws.pick(1...3)), Tile(repeats: [1, 1, 1, 2]),
    ]
    let dims = net.graph[x].dims.map { $0 ?? 0 }
    if dims[3] % 4 == 0 { ops.append(DepthToSpace(block: 2)) }
    if dims[1] % 2 == 0, dims[2] % 2 == 0 { ops.append(SpaceToDepth(block: 2, order: .channelsFirst)) }
    return try net.graph.add(draws.element(ops), [x], name: name)
  }

  /// `x`, or a number made of its channels where that is larger, plus the square of its first row.
  private func chosen(_ x: Value, _ net: inout Network, _ draws: inout SeededNumbers, _ name: String) throws -> Value {
    let kind: Reduce.Kind = draws.element([.mean, .max, .l2])
    let level = try net.graph.add(Reduce(kind: kind, axes: [-1], keepDims: true), [x], name: name + "/level")
    let row = try net.graph.add(Slice([Slice.Axis(1, index: 0)]), [x], name: name + "/row")
    let condition = try net.graph.add(Compare(.less), [level, x], name: name + "/condition")
    let inverse = try net.graph.add(Unary(.not), [condition], name: name + "/inverse")
    let larger = try net.graph.add(Where(), [inverse, level, x], name: name + "/larger")
    let square = try net.graph.add(Unary(.square), [row], name: name + "/square")
    return try net.graph.add(Binary(.add), [larger, square], name: name)
  }

  private func network(_ seed: UInt64) throws -> Graph {
    var draws = SeededNumbers(seed &* 7919 &+ 1)
    var net = Network(seed: seed)
    let size = (draws.pick(7...19), draws.pick(7...19))
    var values = [net.graph.input("image", TensorType(.float32, [1, size.0, size.1, 3]))]
    for index in 0..<draws.pick(3...9) {
      let x = values[draws.pick(max(0, values.count - 2)...values.count - 1)]
      let dims = net.graph[x].dims.map { $0 ?? 0 }
      // Too small for another window, or too large to evaluate by the definitions.
      guard min(dims[1], dims[2]) >= 4, dims[1] * dims[2] * dims[3] < 20_000 else { continue }
      let name = "layer\(index)"
      values.append(
        draws.pick(0...2) == 0
          ? try pointwise(x, values, &net, &draws, name) : try windowed(x, &net, &draws, name))
    }
    net.graph.output(values[values.count - 1], name: "last")
    net.graph.output(values[draws.pick(0...values.count - 1)], name: "other")
    return net.graph
  }

  @Test(arguments: UInt64(0)..<100) func `a random network computes what its definition says, optimised or not`(
    seed: UInt64
  ) throws {
    let graph = try network(seed)
    let dims = try #require(graph.nodes.first?.types.first?.shape)
    let feed = ["image": image(dims[1], dims[2], seed: seed)]
    let expected = try graph.evaluate(feed)
    for graph in [graph, try Passes.optimised(graph, kernels: .underTest).graph] {
      // What a run leaves in memory that rings share is none of the next one's business.
      let other = ["image": image(dims[1], dims[2], seed: seed + 1000)]
      let results = try [1, 3].map { threads in
        let session = try Session(planned(graph), threads: threads)
        if threads > 1 { _ = try session.run(other) }
        return try session.run(feed)
      }
      for (place, reference) in expected.enumerated() {
        #expect(relativeDifference(results[0][place], reference) <= 1e-5, "\(graph.outputs[place].name) of \(graph)")
        #expect(results[0][place].bits == results[1][place].bits)
      }
    }
  }
}
