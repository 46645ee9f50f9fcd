import Tensors

/// An operator that needs only the first inputs of another to say the same.
package struct Settled: Sendable {
  package var op: any Op
  package var inputs: Int
  package init(_ op: any Op, inputs: Int) { (self.op, self.inputs) = (op, inputs) }
}

extension Graph {
  /// Elements of results that are computed while types are inferred: sizes, never images.
  private static let settledElements = 1 << 12

  /// Puts in the last node's place what says the same with fewer inputs: the operator with values as attributes, or the result where
  /// it is short and depends on constants and sizes alone.
  package mutating func settleLast() throws(GraphError) {
    let index = nodes.count - 1
    let constants = nodes[index].inputs.map { constant($0) }
    let settled: Settled?
    do { settled = try nodes[index].op.settled(nodes[index].inputs.map { self[$0] }, constants) } catch {
      throw GraphError(.types, nodes[index].name, "\(type(of: nodes[index].op).name): \(error.what)")
    }
    if let settled {
      let old = nodes.removeLast()
      try add(settled.op, Array(old.inputs.prefix(settled.inputs)), name: old.name)
    }
    guard let result = shortResult(index) else { return }
    let name = nodes.removeLast().name
    constant(result, name: name)
  }

  /// The result of a node if it is short and known.
  private func shortResult(_ index: Int) -> Tensor? {
    let node = nodes[index]
    guard node.types.count == 1 else { return nil }
    if let tensor = node.types[0].tensor { return tensor }
    let constants = node.inputs.compactMap { constant($0) }
    guard !node.inputs.isEmpty, constants.count == node.inputs.count, let shape = node.types[0].shape,
      shape.count <= Self.settledElements, constants.allSatisfy({ $0.shape.count <= Self.settledElements })
    else { return nil }
    return node.op.evaluate(constants)[0]
  }
}
