package import Graphs
import Ops
import Tensors

extension Pass {
  /// Keeps an axis of size 1 that is removed and inserted again behind operators that treat each element alone, as where the channels
  /// of an image are taken one by one and stacked in another order.
  ///
  /// ```
  /// %1 red = slice(%0) axis=3 0:1 : f32[1x?x?x1]
  /// %2 plane = squeeze(%1) axes=[3] : f32[1x?x?]
  /// %4 centred = binary(%2, %3) subtract
  /// %5 channel = expand_dims(%4) axes=[3]
  ///   =>
  /// %1 red = slice(%0) axis=3 0:1 : f32[1x?x?x1]
  /// %4 channel = binary(%1, %3) subtract
  /// ```
  ///
  /// An axis that is inserted in another place becomes a transposition. One index taken by `Gather` becomes a slice, and a reduction keeps
  /// its axis.
  package static let unitAxisKeeping = Pass("unitAxisKeeping", keepUnitAxis)
}

@Sendable private func keepUnitAxis(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let op = node.op as? ExpandDims, op.axes.count == 1, let value = node.inputs.first else { return nil }
  let rank = graph[value].rank + 1
  let inserted = op.axes[0] < 0 ? op.axes[0] + rank : op.axes[0]
  var planes = Planes(graph)
  guard let axis = planes.axis(of: value, rank: rank) else { return nil }
  guard axis != inserted else { return try planes.build(value, &rewriter, name: node.name) }
  let kept = try planes.build(value, &rewriter, name: "\(node.name)/kept")
  var order = (0..<rank).filter { $0 != axis }
  order.insert(axis, at: inserted)
  return try rewriter.add(Transpose(permutation: order), [kept], name: node.name)
}

/// Values of which an axis of size 1 was removed, up to where that happened.
private struct Planes {
  let graph: Graph
  /// How many nodes may lie between, so that a search ends soon.
  private var left = 16
  private var built: [Value: Value] = [:]

  init(_ graph: Graph) { self.graph = graph }

  /// The axis that all planes a value is made of lack; nil where there are others, or another rank.
  mutating func axis(of value: Value, rank: Int) -> Int? {
    guard left > 0, value.result == 0 else { return nil }
    left -= 1
    let node = graph.nodes[value.node]
    if let (_, axis) = removed(node) { return graph[node.inputs[0]].rank == rank ? axis : nil }
    guard node.op is any ElementwiseOp else { return nil }
    var result: Int?
    for input in node.inputs where graph.constant(input)?.shape.count != 1 {
      guard let axis = axis(of: input, rank: rank), result ?? axis == axis else { return nil }
      result = axis
    }
    return result
  }

  /// The same value with the axis.
  mutating func build(_ value: Value, _ rewriter: inout Rewriter, name: String) throws(GraphError) -> Value {
    if let known = built[value] { return known }
    let node = graph.nodes[value.node]
    let result: Value
    if let (op, _) = removed(node) {
      result =
        try op.map { (op) throws(GraphError) in
          try rewriter.add(op, [rewriter(node.inputs[0])], name: "\(node.name)/kept")
        } ?? rewriter(node.inputs[0])
    } else {
      var inputs: [Value] = []
      for input in node.inputs {
        let isNumber = graph.constant(input)?.shape.count == 1
        inputs.append(
          isNumber ? rewriter(input) : try build(input, &rewriter, name: "\(graph.nodes[input.node].name)/kept"))
      }
      result = try rewriter.add(node.op, inputs, name: name)
    }
    built[value] = result
    return result
  }

  /// For a node that removes one axis: the operator that does the same and keeps it, nil where the input itself does, and the axis.
  private func removed(_ node: Node) -> (op: (any Op)?, axis: Int)? {
    guard let input = node.inputs.first else { return nil }
    let rank = graph[input].rank
    func place(_ axis: Int) -> Int { axis < 0 ? axis + rank : axis }
    switch node.op {
    case let op as Squeeze:
      guard let axes = op.axes, axes.count == 1 else { return nil }
      return (nil, place(axes[0]))
    case var op as Reduce:
      guard !op.keepDims, op.axes.count == 1 else { return nil }
      op.keepDims = true
      return (op, place(op.axes[0]))
    case let op as Gather:
      guard let indices = graph.constant(node.inputs[1]), indices.shape.rank == 0,
        let index = indices.doubles.first, let size = graph[input].dims[place(op.axis)],
        (-Double(size)..<Double(size)).contains(index)
      else { return nil }
      return (Slice([Slice.Axis(op.axis, index: Int(index))]), place(op.axis))
    default: return nil
    }
  }
}
