import Graphs
import Ops
import Tensors
import Testing

/// Operators that compute sizes, and those that take computed sizes.
struct SizeTests {
  private let image = TensorType(.float32, [1, nil, nil, 3])

  /// A graph of one image and what `build` makes of it.
  private func graph(_ build: (inout Graph, Value) throws -> Value) throws -> Graph {
    var graph = Graph()
    let x = graph.input("x", image)
    graph.output(try build(&graph, x), name: "y")
    return graph
  }

  private func outputType(_ graph: Graph) -> TensorType { graph[graph.outputs[0].value] }

  @Test func `known sizes stay known through the arithmetic of shapes`() throws {
    var graph = Graph()
    let x = graph.input("x", image)
    let shape = try graph.add(ShapeOf(), [x], name: "shape")
    #expect(graph[shape].elements == [1, nil, nil, 3])
    func add(_ op: any Op, _ inputs: [Value]) throws -> [Int?]? {
      let value = try graph.add(op, inputs, name: "\(graph.nodes.count)")
      return graph[value].elements
    }
    let two = graph.constant(Tensor([], .int64([2])), name: "two")
    let last = graph.constant(Tensor([1], .int64([-1])), name: "last")
    let channels = try graph.add(Gather(axis: 0), [shape, last], name: "channels")
    #expect(graph[channels].elements == [3])
    #expect(try add(Slice([Slice.Axis(0, step: -2)]), [shape]) == [3, nil])
    #expect(try add(Concat(axis: 0), [channels, shape]) == [3, 1, nil, nil, 3])
    #expect(try add(Squeeze(), [channels]) == [3])
    #expect(try add(ExpandDims(axes: [0]), [two]) == [2])
    #expect(try add(Reshape(dims: [2, -1]), [shape]) == [1, nil, nil, 3])
    #expect(try add(Cast(to: .int32), [shape]) == [1, nil, nil, 3])
    #expect(try add(Cast(to: .float32), [shape]) == nil)
    #expect(try add(Binary(.multiply), [shape, two]) == [2, nil, nil, 6])
    #expect(try add(Binary(.floorDivide), [shape, two]) == [0, nil, nil, 1])
    #expect(try add(Reduce(kind: .product, axes: [0], keepDims: false), [channels]) == [3])
    #expect(try add(Reduce(kind: .product, axes: [0], keepDims: false), [shape]) == nil)
    #expect(try add(Roll(1, axis: 0), [shape]) == nil)
    #expect(try add(ShapeOf(from: -1), [x]) == [3])
    #expect(try add(ShapeOf(from: 1, to: 3), [x]) == [nil, nil])
  }

  @Test func `a reshape to computed sizes`() throws {
    let graph = try graph { graph, x in
      let rows = try graph.add(ShapeOf(from: 1, to: 2), [x], name: "rows")
      let columns = try graph.add(ShapeOf(from: 2, to: 3), [x], name: "columns")
      let count = try graph.add(Binary(.multiply), [rows, columns], name: "count")
      let one = graph.constant(Tensor([1], .int64([1])), name: "one")
      let three = graph.constant(Tensor([1], .int64([3])), name: "three")
      let sizes = try graph.add(Concat(axis: 0), [one, count, three], name: "sizes")
      return try graph.add(DynamicReshape(), [x, sizes], name: "flat")
    }
    #expect(outputType(graph) == TensorType(.float32, [1, nil, 3]))
    let sized = try graph.specialised(to: ["x": TensorType(.float32, [1, 4, 5, 3])])
    #expect(sized.nodes.map(\.name) == graph.nodes.map(\.name))
    #expect(
      "\(sized.pruned())" == """
        %0 x = input() : f32[1x4x5x3]
        %1 flat = reshape(%0) [1,20,3] : f32[1x20x3]
        output y = %1
        """)
    let x = noise([1, 4, 5, 3], seed: 1)
    #expect(try graph.evaluate(["x": x]) == [x.reshaped([1, 20, 3])])
  }

  @Test func `every operator that takes computed sizes`() throws {
    let x = noise([1, 4, 6, 3], seed: 1)
    func check(_ expected: any Op, _ inputs: Int = 1, _ build: (inout Graph, Value, Value) throws -> Value) throws {
      let graph = try graph { graph, x in
        try build(&graph, x, try graph.add(ShapeOf(from: 1, to: 3), [x], name: "shape"))
      }
      #expect(outputType(graph).rank == expected.evaluate(inputs == 1 ? [x] : [])[0].shape.rank)
      #expect(outputType(graph).shape == nil)
      let sized = try graph.specialised(to: ["x": x.type])
      let node = sized.nodes[sized.outputs[0].value.node]
      #expect("\(type(of: node.op).name) \(node.op.attributes)" == "\(type(of: expected).name) \(expected.attributes)")
      #expect(try graph.evaluate(["x": x]) == expected.evaluate(inputs == 1 ? [x] : []))
    }
    try check(BroadcastTo(dims: [4, 4, 6, 3])) { graph, x, size in
      let rows = try graph.add(Slice([Slice.Axis(0, index: 0)]), [size], name: "rows")
      let channels = graph.constant(Tensor([1], .int64([3])), name: "channels")
      let dims = try graph.add(Concat(axis: 0), [rows, size, channels], name: "dims")
      return try graph.add(DynamicBroadcast(), [x, dims], name: "y")
    }
    try check(Tile(repeats: [4, 6])) { graph, x, size in try graph.add(DynamicTile(), [x, size], name: "y") }
    try check(Slice([Slice.Axis(1, start: 1, stop: 3), Slice.Axis(2, start: 1, stop: 5)])) { graph, x, size in
      let one = graph.constant(Tensor([2], .int64([1, 1])), name: "one")
      let stops = try graph.add(Binary(.subtract), [size, one], name: "stops")
      return try graph.add(DynamicSlice(axes: [1, 2]), [x, one, stops], name: "y")
    }
    try check(Pad2D(top: 0, bottom: 4, left: 0, right: 6)) { graph, x, size in
      let zeros = graph.constant(Tensor([5], .int64([0, 0, 0, 0, 0])), name: "zeros")
      let zero = graph.constant(Tensor([1], .int64([0])), name: "zero")
      let padding = try graph.add(Concat(axis: 0), [zeros, size, zero], name: "padding")
      return try graph.add(DynamicPad(), [x, padding], name: "y")
    }
    try check(Fill(dims: [4, 6], value: 0.5), 0) { graph, _, size in
      try graph.add(DynamicFill(value: 0.5), [size], name: "y")
    }
  }

  @Test func `a sequence as long as an image has rows`() throws {
    let graph = try graph { graph, x in
      let rows = try graph.add(Squeeze(), [try graph.add(ShapeOf(from: 1, to: 2), [x], name: "shape")], name: "rows")
      let zero = graph.constant(Tensor([], .int64([0])), name: "zero")
      return try graph.add(DynamicSequence(dataType: .int64), [zero, rows], name: "y")
    }
    #expect(outputType(graph) == TensorType(.int64, [nil]))
    #expect(try graph.evaluate(["x": noise([1, 3, 1, 3], seed: 1)]) == [Tensor([3], .int64([0, 1, 2]))])
  }

  @Test func `sizes that pass through floats`() throws {
    let graph = try graph { graph, x in
      let size = try graph.add(ShapeOf(), [x], name: "size")
      let half = graph.constant(Tensor([], [0.5]), name: "half")
      let floats = try graph.add(Cast(to: .float32), [size], name: "floats")
      let halves = try graph.add(Binary(.multiply), [floats, half], name: "halves")
      let up = try graph.add(Unary(.ceil), [halves], name: "up")
      let dims = try graph.add(Cast(to: .int64), [up], name: "dims")
      return try graph.add(DynamicFill(value: 1), [dims], name: "y")
    }
    #expect(outputType(graph) == TensorType(.float32, [nil, nil, nil, nil]))
    let result = try graph.evaluate(["x": noise([1, 5, 4, 3], seed: 1)])
    #expect(result == [Tensor([1, 3, 2, 2], repeating: 1)])
  }

  @Test func `sizes that the operator cannot take are refused when they are known`() throws {
    let graph = try graph { graph, x in
      let size = try graph.add(ShapeOf(from: 1), [x], name: "size")
      return try graph.add(DynamicReshape(), [x, size], name: "y")
    }
    #expect(throws: GraphError(.types, "y", "dynamic_reshape: cannot reshape f32[2x5x4x3] to [5,4,3]")) {
      try graph.specialised(to: ["x": TensorType(.float32, [2, 5, 4, 3])])
    }
    func refused(_ op: any Op, _ inputs: [TensorType], _ what: String) {
      #expect(throws: ShapeError(what)) { try op.outputTypes(inputs) }
    }
    refused(
      DynamicReshape(), [image, TensorType(.int64, [nil])],
      "the dimensions must be a short vector of known length, gets i64[?]")
    refused(DynamicReshape(), [image, TensorType(.bool, [2])], "the dimensions cannot be bool[2]")
    refused(DynamicPad(), [image, Tensor([1], .int64([1])).type], "needs 8 numbers, gets 1")
    refused(DynamicTile(), [image], "takes 2 inputs, gets 1")
    refused(
      DynamicSequence(dataType: .int64), [Tensor([], .int64([0])).type, Tensor([], .int64([.max])).type],
      "there are too many steps of 1.0 from 0.0 to 9.223372036854776e+18")
  }

  @Test func `what depends on data is refused before it is evaluated`() throws {
    let graph = try graph { graph, x in
      let classes = try graph.add(ArgMax(axis: 1), [x], name: "classes")
      let place = try graph.add(Slice([Slice.Axis(0, index: 0), Slice.Axis(1, index: 0)]), [classes], name: "place")
      let dims = try graph.add(Reshape(dims: [3]), [place], name: "dims")
      return try graph.add(DynamicFill(value: 1), [dims], name: "y")
    }
    #expect(throws: GraphError(.types, "y", "the shape f32[?x?x?] depends on the data")) {
      try graph.evaluate(["x": noise([1, 4, 4, 3], seed: 1)])
    }
  }
}
