package import Graphs
import Ops
import Tensors

extension Pass {
  /// Moves transpositions to the ends of the network, where channels come first, so that all between has them last.
  ///
  /// ```
  /// %2 conv/image = conv2d(%0, %1) ... : f32[1x?x?x4]
  /// %3 conv = transpose(%2) [0,3,1,2] : f32[1x4x?x?]
  /// %4 relu = activate(%3) relu : f32[1x4x?x?]
  /// %5 pool/channels_last = transpose(%4) [0,2,3,1] : f32[1x?x?x4]
  ///   =>
  /// %2 conv/image = conv2d(%0, %1) ... : f32[1x?x?x4]
  /// %3 relu = activate(%2) relu : f32[1x?x?x4]
  /// ```
  ///
  /// Those that bring channels to the front go forwards and those that bring them to the end go backwards, through operators to
  /// which the order of axes makes no difference; where two meet they vanish. Neither ever goes the other way, so that it ends.
  package static let transposeMotion = Pass("transposeMotion") { (graph, index, rewriter) throws(GraphError) in
    if graph.nodes[index].op is Transpose {
      if let joined = try joinTransposes(graph, index, &rewriter) { return joined }
      return try moveBackwards(graph, index, &rewriter)
    }
    if graph.nodes[index].op is ShapeOf { return try untransposedSizes(graph, index, &rewriter) }
    return try moveForwards(graph, index, &rewriter)
  }
}

extension [Int] {
  /// True for the order that brings the last of at least four axes to the place after the batch.
  fileprivate var bringsChannelsFirst: Bool { count >= 4 && self == [0, count - 1] + (1..<count - 1) }
}

/// Drops a transposition that undoes another, joins two into one, and lets values be transposed in one way only once.
private func joinTransposes(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let op = node.op as? Transpose else { return nil }
  if let inner = graph.producer(node.inputs[0], as: Transpose.self) {
    let source = inner.node.inputs[0]
    let order = op.permutation.map { inner.op.permutation[$0] }
    guard order == Array(order.indices) else {
      return try rewriter.add(Transpose(permutation: order), [rewriter(source)], name: node.name)
    }
    // An output that is an input itself would have no step that computes it.
    let isEnd = graph.nodes[source.node].op is Input && rewriter.outputs.contains(Value(index))
    return isEnd ? nil : rewriter(source)
  }
  let twin = rewriter.users[node.inputs[0].node].first { other in
    graph.nodes[other].inputs == node.inputs && graph.nodes[other].op as? Transpose == op
  }
  return twin.flatMap { $0 < index ? rewriter(Value($0)) : nil }
}

/// Transposes the result of an operator in place of its inputs, where channels are brought to the front.
private func moveForwards(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let op = node.op as? any PermutableOp else { return nil }
  let ordered = node.inputs.prefix(op.orderedInputs(of: node.inputs.count))
  let orders = ordered.lazy.compactMap { graph.producer($0, as: Transpose.self)?.op.permutation }
  guard let order = orders.first(where: \.bringsChannelsFirst),
    let moved = op.permuted(order, node.inputs.map { graph[$0] }),
    let inputs = try untransposed(node, order, graph, &rewriter)
  else { return nil }
  if moved.result == Array(moved.result.indices) { return try rewriter.add(moved.op, inputs, name: node.name) }
  let result = try rewriter.add(moved.op, inputs, name: node.name)
  return try rewriter.add(Transpose(permutation: moved.result), [result], name: "\(node.name)/transpose")
}

/// Transposes the inputs of an operator in place of its result, where channels are brought to the end and nothing else
/// reads the result.
private func moveBackwards(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  guard let transpose = graph.nodes[index].op as? Transpose else { return nil }
  let order = transpose.permutation.inverse, value = graph.nodes[index].inputs[0]
  let node = graph.nodes[value.node]
  guard order.bringsChannelsFirst, value.result == 0, let op = node.op as? any PermutableOp,
    !rewriter.outputs.contains(value),
    rewriter.users[value.node].allSatisfy({ graph.nodes[$0].op as? Transpose == transpose }),
    let moved = op.permuted(order, node.inputs.map { graph[$0] }), moved.result == order,
    let inputs = try untransposed(node, order, graph, &rewriter)
  else { return nil }
  return try rewriter.add(moved.op, inputs, name: node.name)
}

/// Takes sizes from what is transposed.
private func untransposedSizes(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let op = node.op as? ShapeOf, let inner = graph.producer(node.inputs[0], as: Transpose.self) else { return nil }
  let axes = op.axes(inner.op.permutation.count).map { inner.op.permutation[$0] }
  let source = rewriter(inner.node.inputs[0])
  return try sizes(of: source, axes, name: node.name) { (op, inputs, name) throws(GraphError) in
    try rewriter.add(op, inputs, name: name)
  }
}

/// The sizes of these axes in this order.
func sizes(
  of source: Value, _ axes: [Int], name: String,
  _ add: (any Op, [Value], String) throws(GraphError) -> Value
) throws(GraphError) -> Value {
  let first = axes.first ?? 0
  if axes == Array(first..<first + axes.count) {
    return try add(ShapeOf(from: first, to: first + axes.count), [source], name)
  }
  var parts: [Value] = []
  for axis in axes { parts.append(try add(ShapeOf(from: axis, to: axis + 1), [source], "\(name)/\(axis)")) }
  return try add(Concat(axis: 0), parts, name)
}

/// Values of which the inputs of a node are `Transpose(order)`; `nil` where there is one of another rank.
private func untransposed(
  _ node: Node, _ order: [Int], _ graph: Graph, _ rewriter: inout Rewriter
) throws(GraphError) -> [Value]? {
  let count = node.op.orderedInputs(of: node.inputs.count)
  let values = node.inputs.prefix(count)
  let fits = values.allSatisfy { value in
    graph[value].rank == order.count || (graph.constant(value).map { $0.shape.rank <= order.count } ?? false)
  }
  guard fits else { return nil }
  var result: [Value] = []
  for value in values { result.append(try untransposed(value, order, graph, &rewriter)) }
  return result + node.inputs.dropFirst(count).map { rewriter($0) }
}

private func untransposed(
  _ value: Value, _ order: [Int], _ graph: Graph, _ rewriter: inout Rewriter
) throws(GraphError) -> Value {
  let name = graph.nodes[value.node].name
  if let inner = graph.producer(value, as: Transpose.self), inner.op.permutation == order {
    return rewriter(inner.node.inputs[0])
  }
  let op = Transpose(permutation: order.inverse)
  if let tensor = graph.constant(value) {
    if tensor.shape.count == 1 && tensor.shape.rank < order.count { return rewriter(value) }
    let ones = [Int](repeating: 1, count: order.count - tensor.shape.rank)
    let aligned = tensor.reshaped(Shape(ones + tensor.shape.dims))
    return rewriter.constant(op.evaluate([aligned])[0], name: name)
  }
  let source = rewriter(value)
  let known = rewriter.graph.nodes.lastIndex { $0.inputs == [source] && $0.op as? Transpose == op }
  if let known { return Value(known) }
  return try rewriter.add(op, [source], name: "\(name)/transpose")
}
