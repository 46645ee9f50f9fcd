import Graphs
import Ops
import Passes
import Tensors
import Testing

/// A way to rescale an image, and what it implies.
struct RescalingSpelling: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var kind: InputUnit.Kind
  /// Part of the evidence.
  var evidence: String
  var isDoubtful = false
  var shape: [Int?] = [1, nil, nil, 3]
  var dataType = DataType.float32
  var build: @Sendable (inout Graph, Value) throws -> Value

  init(
    _ name: String, _ kind: InputUnit.Kind, _ evidence: String, doubtful: Bool = false,
    shape: [Int?] = [1, nil, nil, 3], dataType: DataType = .float32,
    build: @escaping @Sendable (inout Graph, Value) throws -> Value
  ) {
    (testDescription, self.kind, self.evidence, isDoubtful) = (name, kind, evidence, doubtful)
    (self.shape, self.dataType, self.build) = (shape, dataType, build)
  }

  /// The unit of a network of it and a layer that reads what it makes.
  func unit() throws -> InputUnit {
    var graph = Graph()
    let image = graph.input("image", TensorType(dataType, shape))
    let value = try build(&graph, image)
    graph.output(try graph.add(Activate(.tanh), [value], name: "network"), name: "scores")
    return InputUnit(graph)
  }
}

extension Graph {
  fileprivate mutating func numbers(_ values: [Float], _ shape: Shape? = nil) -> Value {
    constant(Tensor(shape ?? [values.count], values), name: "numbers\(nodes.count)")
  }

  fileprivate mutating func binary(
    _ function: Binary.Function, _ x: Value, _ values: [Float], _ shape: Shape? = nil
  ) throws -> Value {
    try add(Binary(function), [x, numbers(values, shape)], name: "\(function)\(nodes.count)")
  }

  fileprivate mutating func op(_ op: any Op, _ inputs: Value...) throws -> Value {
    try add(op, inputs, name: "op\(nodes.count)")
  }

  /// A batch normalisation with learned numbers that have nothing to do with samples.
  fileprivate mutating func norm(_ x: Value, _ mean: [Float], _ variance: [Float]) throws -> Value {
    let count = mean.count
    let learned = [[Float](repeating: 40, count: count), [Float](repeating: -7, count: count)]
    let parameters = (learned + [mean, variance]).map { numbers($0) }
    return try add(BatchNorm(epsilon: 1e-3), [x] + parameters, name: "norm")
  }
}

private let caffe: [Float] = [103.939, 116.779, 123.68]
private let mean: [Float] = [0.485, 0.456, 0.406], deviation: [Float] = [0.229, 0.224, 0.225]
private let order = Tensor([3], .int64([2, 1, 0]))
private let swap: [Float] = [0, 0, 1, 0, 1, 0, 1, 0, 0]

private let constants: [RescalingSpelling] = [
  .init("nothing", .unsure, "nothing in it rescales them") { $1 },
  .init("a factor of 1", .unsure, "nothing") { try $0.binary(.multiply, $1, [1]) },
  .init("1/255", .samples, "divides by 255") { try $0.binary(.multiply, $1, [0.003921569]) },
  .init("division by 255", .samples, "divides by 255") { try $0.binary(.divide, $1, [255], []) },
  .init("division by 10000", .samples, "divides by 10000") { try $0.binary(.divide, $1, [10_000], [1, 1, 1, 1]) },
  .init("symmetric", .samples, "subtracts 127.5, divides by 127.5") {
    try $0.binary(.subtract, $0.binary(.divide, $1, [127.5]), [1])
  },
  .init("bytes, then a standardisation", .samples, "divides by 58.395, 57.12, 57.375") {
    try $0.binary(.divide, $0.binary(.subtract, $0.binary(.divide, $1, [255]), mean), deviation)
  },
  .init("a standardisation of 0 ... 1", .unitInterval, "subtracts 0.485, 0.456, 0.406, divides by", doubtful: true) {
    try $0.binary(.divide, $0.binary(.subtract, $1, mean), deviation)
  },
  .init("times 2 less 1", .unitInterval, "subtracts 0.5, divides by 0.5") {
    try $0.binary(.subtract, $0.binary(.multiply, $1, [2]), [1])
  },
  .init("less a half", .unitInterval, "subtracts 0.5") { try $0.binary(.subtract, $1, [0.5]) },
  .init("times 255", .unitInterval, "multiplies by 255") { try $0.binary(.multiply, $1, [255]) },
  .init("bytes of 0 ... 1, less a mean", .unitInterval, "divides by 0.0039216") {
    try $0.binary(.subtract, $0.binary(.multiply, $1, [255]), caffe)
  },
  .init("between the two", .unsure, "divides by 1.5") { try $0.binary(.divide, $1, [1.5]) },
  .init("a negative mean added", .samples, "subtracts 103.94, 116.78, 123.68") {
    try $0.binary(.add, $1, caffe.map { -$0 })
  },
  .init("a summand, as before a logarithm", .unsure, "adds 1") { try $0.binary(.add, $1, [1]) },
  .init("a mean added", .samples, "adds 3") { try $0.binary(.add, $1, [3]) },
  .init("inverted", .samples, "turns the sign") { graph, x in
    try graph.binary(.divide, graph.op(Binary(.subtract), graph.numbers([255], []), x), [255])
  },
  .init("one channel of many beyond 2", .samples, "subtracts 0, 0, 12") {
    try $0.binary(.subtract, $1, [0, 0, 12])
  },
  .init("integers", .samples, "takes uint8", dataType: .uint8) { try $0.op(Cast(to: .float32), $1) },
  .init("whole numbers of samples", .samples, "makes whole numbers of them") {
    try $0.op(Cast(to: .float32), $0.op(Cast(to: .int32), $1))
  },
  .init("a limit of 255", .samples, "keeps them within 0 ... 255") {
    try $0.op(Activate(.clamp(min: 0, max: 255)), $1)
  },
  .init("a limit of 1", .unitInterval, "keeps them within 0 ... 1") { try $0.op(Activate(.clamp(min: 0, max: 1)), $1) },
  .init("a limit of standardised samples", .unsure, "nothing") { try $0.op(Activate(.clamp(min: -5, max: 5)), $1) },
  .init("a limit, then 1/255", .samples, "divides by 255") {
    try $0.binary(.divide, $0.op(Activate(.clamp(min: 0, max: 255)), $1), [255])
  },
]

private let statistics: [RescalingSpelling] = [
  .init("moving mean of bytes", .samples, "of mean 120, 115, 105 and deviation 56.569") {
    try $0.norm($1, [120, 115, 105], [3200, 3300, 3400])
  },
  .init("moving mean of 0 ... 1", .unitInterval, "of mean 0.47, 0.45, 0.41") {
    try $0.norm($1, [0.47, 0.45, 0.41], [0.05, 0.05, 0.06])
  },
  .init("moving mean of standardised samples", .unsure, "of mean 0.1, 0, -0.1") {
    try $0.norm($1, [0.1, 0, -0.1], [0.9, 1.05, 1])
  },
  .init("never trained", .unsure, "nothing in it rescales them") { try $0.norm($1, [0, 0, 0], [1, 1, 1]) },
  .init("never trained, behind a division", .samples, "divides by 255.13") {
    try $0.norm($0.binary(.divide, $1, [255]), [0, 0, 0], [1, 1, 1])
  },
  .init("behind a division", .samples, "of mean 119.85") {
    try $0.norm($0.binary(.divide, $1, [255]), [0.47, 0.45, 0.41], [0.05, 0.05, 0.06])
  },
  .init("behind a convolution", .unsure, "nothing") { graph, x in
    let conv = try graph.op(Conv2D(padding: .same), x, graph.weight("kernel", [3, 3, 3, 3]))
    return try graph.norm(conv, [120, 115, 105], [3200, 3300, 3400])
  },
  .init("quantized bytes", .samples, "keeps them within 0 ... 255") { graph, x in
    try graph.quantized(x, 1, zero: .uint8([0]))
  },
  .init("quantized 0 ... 1", .unitInterval, "keeps them within 0 ... 1") { graph, x in
    try graph.quantized(x, 1 / 255, zero: .int8([-128]))
  },
  .init("quantized standardised samples", .unsure, "nothing") { graph, x in
    try graph.quantized(x, 0.0186, zero: .uint8([114]))
  },
  .init("the image's own mean", .unsure, "by the image's own statistics") { graph, x in
    let mean = try graph.op(Reduce(kind: .mean, axes: [1, 2, 3], keepDims: true), x)
    return try graph.op(Binary(.subtract), x, mean)
  },
]

extension Graph {
  fileprivate mutating func quantized(_ x: Value, _ scale: Float, zero: Tensor.Elements) throws -> Value {
    let zero = constant(Tensor([], zero), name: "zero"), scale = numbers([scale], [])
    let whole = try op(Cast(to: .int32), op(Quantize(axis: -1), x, scale, zero))
    let difference = try op(Binary(.subtract), whole, op(Cast(to: .int32), zero))
    return try op(Binary(.multiply), op(Cast(to: .float32), difference), scale)
  }
}

private let moved: [RescalingSpelling] = [
  .init("a slice backwards", .samples, "subtracts 103.94, 116.78, 123.68 in BGR") {
    try $0.binary(.subtract, $0.op(Slice([Slice.Axis(-1, step: -1)]), $1), caffe)
  },
  .init("a gather", .samples, "in BGR") { graph, x in
    try graph.binary(.subtract, graph.op(Gather(axis: 3), x, graph.constant(order, name: "order")), caffe)
  },
  .init("an einsum", .samples, "in BGR") { graph, x in
    try graph.binary(.subtract, graph.op(Einsum("bhwc,cd->bhwd"), x, graph.numbers(swap, [3, 3])), caffe)
  },
  .init("a product", .samples, "in BGR") { graph, x in
    try graph.binary(.subtract, graph.op(MatMul(), x, graph.numbers(swap, [3, 3])), caffe)
  },
  .init("a convolution", .samples, "in BGR") { graph, x in
    try graph.op(Conv2D(), x, graph.numbers(swap, [1, 1, 3, 3]), graph.numbers(caffe.map { -$0 }))
  },
  .init("a convolution that learned", .unsure, "nothing") { graph, x in
    try graph.op(Conv2D(), x, graph.weight("kernel", [1, 1, 3, 3]), graph.numbers(caffe.map { -$0 }))
  },
  .init("one channel to many features", .unsure, "nothing", shape: [1, nil, nil, 1]) { graph, x in
    try graph.op(Conv2D(), x, graph.weight("kernel", [1, 1, 1, 8]))
  },
  .init("channels taken and stacked", .samples, "in BGR") { graph, x in
    var parts: [Value] = []
    for (place, mean) in zip([2, 1, 0], caffe) {
      let plane = try graph.op(Squeeze(axes: [3]), graph.op(Slice([Slice.Axis(3, index: place)]), x))
      parts.append(try graph.op(ExpandDims(axes: [-1]), graph.binary(.subtract, plane, [mean])))
    }
    return try graph.add(Concat(axis: -1), parts, name: "stack")
  },
  .init("channels first", .samples, "divides by 58.395, 57.12, 57.375", shape: [1, 3, nil, nil]) {
    try $0.binary(.divide, $1, [58.395, 57.12, 57.375], [1, 3, 1, 1])
  },
  .init("channels first, turned", .samples, "subtracts 103.94", shape: [1, 3, 32, 32]) {
    try $0.binary(.subtract, $0.op(Transpose(permutation: [0, 2, 3, 1]), $1), caffe)
  },
  .init("padding", .samples, "subtracts 127.5") {
    let pad = Pad2D(top: 3, bottom: 2, left: 1, right: 0)
    return try $0.binary(.subtract, $0.op(pad, $1), [127.5])
  },
  .init("a resized image", .samples, "divides by 255") {
    let small = try $0.op(Resize(method: .linear, target: .size(8)), $1)
    return try $0.binary(.divide, small, [255])
  },
  .init("a reshape to the declared size", .samples, "divides by 255", shape: [1, 20, 30, 3]) {
    try $0.binary(.divide, $0.op(Reshape(dims: [1, 600, 3]), $1), [255])
  },
  .init("a mean image", .samples, "subtracts", shape: [1, 8, 8, 3]) { graph, x in
    let mean = graph.weight("mean", [1, 8, 8, 3], in: 90...130)
    return try graph.op(Binary(.subtract), x, mean)
  },
  .init("a grey value", .samples, "divides by 255 of their mean") { graph, x in
    let grey = try graph.op(MatMul(), x, graph.numbers([0.299, 0.587, 0.114], [3, 1]))
    return try graph.binary(.divide, grey, [255])
  },
  .init("a difference of channels", .unsure, "nothing") { graph, x in
    let (a, b) = (try graph.op(Slice([Slice.Axis(3, index: 0)]), x), try graph.op(Slice([Slice.Axis(3, index: 1)]), x))
    return try graph.op(Binary(.divide), graph.op(Binary(.subtract), a, b), graph.numbers([255]))
  },
  .init("two branches alike", .samples, "divides by 255") { graph, x in
    let (a, b) = (try graph.binary(.divide, x, [255]), try graph.binary(.multiply, x, [1 / 255]))
    return try graph.op(Binary(.multiply), a, b)
  },
  .init("two branches that differ", .unsure, "in one branch and not in another") { graph, x in
    try graph.op(Binary(.multiply), x, graph.binary(.divide, x, [255]))
  },
]

struct InputUnitTests {
  @Test(arguments: constants + statistics + moved)
  func `the numbers decide`(_ spelling: RescalingSpelling) throws {
    let unit = try spelling.unit()
    #expect(unit.kind == spelling.kind, "\(unit)")
    #expect(unit.evidence.contains(spelling.evidence), "\(unit.evidence)")
    #expect(unit.isDoubtful == spelling.isDoubtful)
  }

  @Test func `the numbers are those of each channel in the network's order`() throws {
    let unit = try #require(moved.first).unit()
    #expect(unit.channels.map(\.source) == [2, 1, 0])
    #expect(zip(unit.channels, caffe).allSatisfy { abs($0.mean - Double($1)) < 1e-4 && $0.deviation == 1 })
    #expect(unit.node == "subtract3")
  }

  @Test func `only what the output needs has a part`() throws {
    var graph = Graph()
    let x = graph.input("image", TensorType(.float32, [1, nil, nil, 3]))
    let scaled = try graph.binary(.divide, x, [255])
    graph.output(try graph.op(Activate(.tanh), scaled), name: "scores")
    graph.output(try graph.op(Activate(.tanh), x), name: "other")
    #expect(InputUnit(graph, output: 0).kind == .samples)
    #expect(InputUnit(graph, output: 1).kind == .unsure)
  }

  @Test func `a network without an image has no unit`() throws {
    var graph = Graph()
    let x = graph.input("vector", TensorType(.float32, [1, 8]))
    graph.output(try graph.op(Activate(.tanh), x), name: "scores")
    #expect(InputUnit(graph).kind == .unsure && !InputUnit(graph).takesImage)
  }
}
