import Tensors

extension Graph {
  /// The same nodes, with inputs of the same types in the place of weights: shapes and costs follow from it. Constants that are not
  /// float32 stay, and small ones, since sizes may be computed from them.
  package var skeleton: Graph {
    var result = self
    for index in nodes.indices {
      guard let constant = nodes[index].op as? Constant, constant.tensor.dataType == .float32,
        constant.tensor.shape.count > Graph.fewElements
      else { continue }
      result.nodes[index].op = Input(type: nodes[index].types[0])
    }
    return result
  }

  private static let fewElements = 16
}
