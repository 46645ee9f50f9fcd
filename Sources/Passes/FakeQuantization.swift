package import Graphs
import Ops
import Tensors

extension Pass {
  /// Joins what quantizes and what dequantizes with the same scale and zero point.
  ///
  /// ```
  /// %1 q = quantize(%0, scale, zero) : u8
  /// %2 wide = cast(%1) int32
  /// %3 difference = binary(%2, zero) subtract
  /// %4 float = cast(%3) float32
  /// %5 x = binary(%4, scale) multiply
  ///   =>
  /// %1 x = fake_quantize(%0) scale zero in 0...255
  /// ```
  package static let fakeQuantization = Pass("fakeQuantization", joinQuantization)

  /// Leaves out what a rounding to the values of integers makes needless: another rounding of values that are such values already, whatever
  /// picked or rearranged them between, and before it a clamp to the range to which it clamps itself.
  ///
  /// ```
  /// %1 x = fake_quantize(%0) scale=0.1 ...
  /// %2 pool = max_pool2d(%1)
  /// %3 y = fake_quantize(%2) scale=0.1 ...
  ///   =>
  /// %1 x = fake_quantize(%0) scale=0.1 ...
  /// %2 pool = max_pool2d(%1)
  /// ```
  package static let quantizationFolding = Pass("quantizationFolding", foldQuantization)
}

@Sendable private func joinQuantization(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let product = node.op as? Binary, product.function == .multiply, product.activation == .linear,
    let scaled = graph.operand(node, besides: \.floatNumber),
    let float = graph.producer(scaled.value, as: Cast.self), float.op.dataType == .float32
  else { return nil }
  var (integers, zero) = (float.node.inputs[0], 0)
  if let difference = graph.producer(integers, as: Binary.self) {
    guard difference.op.function == .subtract, let offset = graph.constant(difference.node.inputs[1])?.wholeNumber,
      let wide = graph.producer(difference.node.inputs[0], as: Cast.self), wide.op.dataType == .int32
    else { return nil }
    (integers, zero) = (wide.node.inputs[0], offset)
  }
  guard let quantize = graph.producer(integers, as: Quantize.self),
    graph.constant(quantize.node.inputs[1])?.floatNumber == scaled.number,
    graph.constant(quantize.node.inputs[2])?.wholeNumber == zero,
    let (low, high) = graph[integers].dataType.smallRange,
    // Products with it are normal numbers, whose quotient is again nearest to the integer.
    (0x1p-100...0x1p100).contains(scaled.number), graph[quantize.node.inputs[0]] == node.types[0]
  else { return nil }
  return try rewriter.add(
    FakeQuantize(scale: scaled.number, zero: zero, low: low, high: high), [rewriter(quantize.node.inputs[0])],
    name: node.name)
}

@Sendable private func foldQuantization(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let op = node.op as? FakeQuantize else { return nil }
  if graph.holdsOnly(op, node.inputs[0]) { return rewriter(node.inputs[0]) }
  guard let clamp = graph.producer(node.inputs[0], as: Activate.self), op.repeats(clamp.op.activation) else {
    return nil
  }
  return try rewriter.add(op, [rewriter(clamp.node.inputs[0])], name: node.name)
}

extension FakeQuantize {
  /// True for a clamp beyond whose ends there are no values of integers.
  fileprivate func repeats(_ activation: Activation) -> Bool {
    let least = Float(low - zero) * scale, most = Float(high - zero) * scale
    switch activation {
    case .relu: return least >= 0
    case .clamp(let low, let high): return low <= least && most <= high
    default: return false
    }
  }
}

extension Graph {
  /// The constant operand of an operator of two for which there is a number, and the other operand.
  fileprivate func operand(_ node: Node, besides number: (Tensor) -> Float?) -> (value: Value, number: Float)? {
    for place in 0...1 {
      if let found = constant(node.inputs[place]).flatMap(number) { return (node.inputs[1 - place], found) }
    }
    return nil
  }

  /// True where all elements of a value are such as `op` makes.
  fileprivate func holdsOnly(_ op: FakeQuantize, _ value: Value) -> Bool {
    var (pending, seen) = ([value], Set<Value>())
    while let value = pending.popLast() {
      guard seen.insert(value).inserted else { continue }
      let node = nodes[value.node]
      switch node.op {
      case let other as FakeQuantize:
        guard other.attributes == op.attributes else { return false }
      case is Identity, is Transpose, is Reshape, is Squeeze, is ExpandDims, is Slice, is Crop2D, is DepthToSpace,
        is SpaceToDepth:
        pending.append(node.inputs[0])
      case let pool as MaxPool2D:
        // A window of padding alone would make an infinity.
        guard pool.padding == .valid || pool.padding == .same else { return false }
        pending.append(node.inputs[0])
      case let pad as Pad2D:
        guard pad.value == 0, op.low <= op.zero, op.zero <= op.high else { return false }
        pending.append(node.inputs[0])
      case let resize as Resize:
        guard resize.picks else { return false }
        pending.append(node.inputs[0])
      case let activate as Activate:
        guard activate.activation == .relu, op.low <= op.zero, op.zero <= op.high else { return false }
        pending.append(node.inputs[0])
      case is Concat: pending += node.inputs
      default: return false
      }
    }
    return true
  }
}

extension Tensor {
  /// The only element of a float tensor.
  fileprivate var floatNumber: Float? {
    guard dataType == .float32, shape.count == 1 else { return nil }
    return floats[0]
  }

  /// The only element of an integer tensor.
  fileprivate var wholeNumber: Int? {
    guard [.uint8, .int8, .int32].contains(dataType), shape.count == 1 else { return nil }
    return Cast(to: .float32).evaluate([self])[0].floats.first.flatMap { Int(exactly: $0) }
  }
}

extension DataType {
  fileprivate var smallRange: (Int, Int)? {
    switch self {
    case .uint8: (0, 255)
    case .int8: (-128, 127)
    default: nil
    }
  }
}
