import Tensors

extension Graph {
  /// The nodes at which the image meets values that were computed from its size, such as coordinates of its pixels or the number of them:
  /// over a piece of the image they would be others.
  ///
  /// The graph itself may be of any size; `small` and `large` are it at two sizes, the nodes in the same places. Sizes that have become
  /// attributes of an operator, and what is one and the same number at both sizes, do not count.
  func meetingSizes(_ small: Graph, _ large: Graph, output: Int) -> [SceneGeometry.Blocker] {
    let ofInput = dependsOnInputs(self), ofImage = dependsOnInputs(small)
    var isSteady = [Bool](repeating: false, count: nodes.count)
    for index in nodes.indices where !ofImage[index] {
      let node = small.nodes[index]
      if let mine = node.op as? Constant, let its = large.nodes[index].op as? Constant {
        isSteady[index] = mine.tensor == its.tensor
      } else {
        isSteady[index] = node.op.repeatsOneNumber && node.inputs.allSatisfy { isSteady[$0.node] }
      }
    }
    let needed = small.ancestors(of: small.outputs[output].value.node)
    return nodes.indices.compactMap { index in
      let node = small.nodes[index]
      guard needed.contains(index), ofImage[index] else { return nil }
      let source = node.inputs.first { ofInput[$0.node] && !ofImage[$0.node] && !isSteady[$0.node] }
      return source.map { source in
        SceneGeometry.Blocker(
          node: nodes[index].name,
          reason: "reads \(nodes[source.node].name), which is computed from the size of the image")
      }
    }
  }

  /// For each node, whether it depends on an input.
  private func dependsOnInputs(_ graph: Graph) -> [Bool] {
    var result = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      result[index] = node.op is Input || node.inputs.contains { result[$0.node] }
    }
    return result
  }
}
