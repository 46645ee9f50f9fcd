extension Graph {
  /// The same nodes, with inputs of the same types in the place of constants: shapes and costs follow from it, and it holds no
  /// weights.
  public var skeleton: Graph {
    var result = self
    for index in nodes.indices where nodes[index].op is Constant {
      result.nodes[index].op = Input(type: nodes[index].types[0])
    }
    return result
  }
}
