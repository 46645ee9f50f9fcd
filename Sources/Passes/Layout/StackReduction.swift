package import Graphs
import Ops
import Tensors

extension Pass {
  /// Adds values one after another instead of stacking them along a new axis and summing over it; likewise the largest and the
  /// smallest of them.
  ///
  /// ```
  /// %2 a = expand_dims(%0) axes=[0]
  /// %3 b = expand_dims(%1) axes=[0]
  /// %4 stack = concat(%2, %3) axis=0
  /// %5 sum = reduce(%4) sum axes=[0]
  ///   =>
  /// %2 sum = binary(%0, %1) add
  /// ```
  package static let stackReduction = Pass("stackReduction", unstack)
}

@Sendable private func unstack(
  _ graph: Graph, _ index: Int, _ rewriter: inout Rewriter
) throws(GraphError) -> Value? {
  let node = graph.nodes[index]
  guard let reduce = node.op as? Reduce, !reduce.keepDims, reduce.axes.count == 1, let function = reduce.kind.ofTwo,
    let stack = graph.producer(node.inputs[0], as: Concat.self), stack.node.inputs.count > 1
  else { return nil }
  let rank = graph[node.inputs[0]].rank
  func place(_ axis: Int) -> Int { axis < 0 ? axis + rank : axis }
  let axis = place(reduce.axes[0])
  guard place(stack.op.axis) == axis else { return nil }
  var parts: [Value] = []
  for input in stack.node.inputs {
    guard let part = graph.producer(input, as: ExpandDims.self), part.op.axes.map(place) == [axis],
      graph[part.node.inputs[0]] == node.types[0]
    else { return nil }
    parts.append(rewriter(part.node.inputs[0]))
  }
  var result = parts[0]
  for (count, part) in parts.enumerated().dropFirst() {
    let name = count == parts.count - 1 ? node.name : "\(node.name)/\(count)"
    result = try rewriter.add(Binary(function), [result, part], name: name)
  }
  return result
}

extension Reduce.Kind {
  /// The function of two values that, one after another, makes the same of many.
  fileprivate var ofTwo: Binary.Function? {
    switch self {
    case .sum: .add
    case .max: .maximum
    case .min: .minimum
    default: nil
    }
  }
}
