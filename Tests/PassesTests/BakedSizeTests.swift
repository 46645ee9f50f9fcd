import Graphs
import Ops
import Passes
import Tensors
import Testing

/// Networks that fit one size of images, although their input says any.
struct BakedSizeTests {
  private let pool = MaxPool2D(size: 2, strides: 2, padding: .valid)

  /// An image of three channels at a quarter of its size, through operators, and enlarged again.
  private func network(
    declared: (Int?, Int?) = (nil, nil), enlarged: Int = 4, _ ops: any Op...
  ) throws -> Graph {
    var graph = Graph()
    var value = graph.input("image", TensorType(.float32, [1, declared.0, declared.1, 3]))
    let all: [any Op] = [pool, pool] + ops + [Resize(method: .nearest, target: .scale(Pair(enlarged)))]
    for (place, op) in all.enumerated() { value = try graph.add(op, [value], name: "op\(place)") }
    graph.output(value, name: "scores")
    return graph
  }

  @Test func `rows and columns in a shape`() throws {
    #expect(try network(Reshape(dims: [1, 12, 20, 3])).bakedSize()?.size == Pair(48, 80))
    #expect(try network(enlarged: 2, Reshape(dims: [1, 16, 16, 3])).bakedSize()?.size == Pair(64))
  }

  @Test func `all pixels of a square, and a shape that takes more as a batch`() throws {
    #expect(try network(Reshape(dims: [1, 196, 3]), Reshape(dims: [1, 14, 14, 3])).bakedSize()?.size == Pair(56))
    #expect(try network(Reshape(dims: [-1, 16, 16, 3])).bakedSize()?.size == Pair(64))
  }

  @Test func `windows in a shape`() throws {
    let windows = Reshape(dims: [1, 4, 7, 4, 7, 3])
    let graph = try network(
      windows, Transpose(permutation: [0, 1, 3, 2, 4, 5]), Transpose(permutation: [0, 1, 3, 2, 4, 5]),
      Reshape(dims: [1, 28, 28, 3]))
    #expect(graph.bakedSize()?.size == Pair(112))
  }

  @Test func `a table of positions, with a class token or without`() throws {
    for tokens in [256, 257] {
      var graph = try network(enlarged: 1)
      let map = try #require(graph.nodes.lastIndex { $0.op is MaxPool2D })
      var value = try graph.add(Reshape(dims: [1, -1, 3]), [Value(map)], name: "flat")
      if tokens == 257 {
        let token = graph.constant(Tensor([1, 1, 3], [1, 2, 3]), name: "token")
        value = try graph.add(Concat(axis: 1), [token, value], name: "tokens")
      }
      let table = graph.constant(
        Tensor(Shape([1, tokens, 3]), [Float](repeating: 0.5, count: 3 * tokens)), name: "positions")
      value = try graph.add(Binary(.add), [value, table], name: "placed")
      if tokens == 257 {
        value = try graph.add(Slice([.init(1, start: 1)]), [value], name: "pixels")
      }
      value = try graph.add(Reshape(dims: [1, 16, 16, 3]), [value], name: "map")
      value = try graph.add(Resize(method: .nearest, target: .scale(4)), [value], name: "scores")
      graph = graph.selectingOutputs([Graph.Output(name: "scores", value: value)]).pruned()
      #expect(graph.bakedSize()?.size == Pair(64))
    }
  }

  @Test func `an output of one size whatever the image`() throws {
    let graph = try network(enlarged: 1, Resize(method: .linear, target: .size(Pair(96, 160))))
    #expect(graph.bakedSize()?.size == Pair(96, 160))
    #expect(try graph.declaring(imageSize: Pair(96, 160)).sceneFit() == .same)
  }

  @Test func `scores at a part of the size`() throws {
    let graph = try network(enlarged: 1, Reshape(dims: [1, 16, 16, 3]))
    #expect(graph.bakedSize()?.size == Pair(64))
    #expect(try graph.declaring(imageSize: 64).sceneFit()?.factor == 4)
  }

  @Test func `a size that is half declared`() throws {
    #expect(
      try network(declared: (64, nil), Reshape(dims: [1, 256, 3]), Reshape(dims: [1, 16, 16, 3])).bakedSize()?.size
        == Pair(64))
    #expect(
      try network(declared: (48, nil), Reshape(dims: [1, 256, 3]), Reshape(dims: [1, 16, 16, 3])).bakedSize() == nil)
  }

  @Test func `sizes that are declared or open are not looked for`() throws {
    #expect(try network(declared: (64, 64), Reshape(dims: [1, 16, 16, 3])).bakedSize() == nil)
    #expect(try network(Activate(.tanh)).bakedSize() == nil)
    #expect(try network(enlarged: 1, Activate(.tanh)).bakedSize() == nil)
    // Whatever the size, the whole image is looked at.
    var graph = try network()
    let mean = try graph.add(GlobalPool2D(kind: .average, keepDims: true), [graph.outputs[0].value], name: "mean")
    let sum = try graph.add(Binary(.add), [graph.outputs[0].value, mean], name: "sum")
    graph = graph.selectingOutputs([Graph.Output(name: "sum", value: sum)])
    #expect(graph.bakedSize() == nil)
  }

  /// Attention of three heads over 384 places of a map of any rows and columns, as exporters write it: beside the number of the places,
  /// heads and pairs of numbers are named.
  private func attention() throws -> Graph {
    var graph = try network(enlarged: 1)
    let map = try #require(graph.nodes.lastIndex { $0.op is MaxPool2D })
    let flat = try graph.add(Reshape(dims: [1, -1, 3]), [Value(map)], name: "flat")
    let heads = try graph.add(Reshape(dims: [384, 3, 1]), [flat], name: "heads")
    let pairs = try graph.add(Reshape(dims: [2, 192, 3]), [heads], name: "pairs")
    let places = try graph.add(Reshape(dims: [1, 384, 3]), [pairs], name: "places")
    let sizes = try graph.add(ShapeOf(), [Value(map)], name: "sizes")
    let back = try graph.add(DynamicReshape(), [places, sizes], name: "map")
    let scores = try graph.add(Resize(method: .nearest, target: .scale(4)), [back], name: "scores")
    graph = graph.selectingOutputs([Graph.Output(name: "scores", value: scores)]).pruned()
    return graph
  }

  @Test func `a number of pixels alone: the nearest to a square, and what fits as well`() throws {
    let found = try #require(try attention().bakedSize())
    #expect(found.size == Pair(64, 96))
    #expect(Set(found.others) == [Pair(96, 64), Pair(48, 128), Pair(128, 48)])
  }

  @Test func `of sizes that fit, the one that is asked for`() throws {
    for size in [Pair(96, 64), Pair(48, 128), Pair(32, 192)] {
      let found = try #require(try attention().bakedSize(asked: size))
      #expect(found.size == size && found.others.isEmpty)
    }
    #expect(try attention().bakedSize(asked: Pair(64))?.size == Pair(64, 96))
  }

  @Test func `what fits no size has none`() throws {
    #expect(try network(Reshape(dims: [1, 15, 17, 4])).bakedSize() == nil)
  }
}
