import Tensors

extension Graph {
  /// Checks that edges point backwards, recorded types are the inferred ones, outputs exist and names of outputs are unique.
  package func verify() throws(GraphError) {
    for (index, node) in nodes.enumerated() {
      for input in node.inputs where input.node < 0 || input.node >= index {
        throw GraphError(.structure, node.name, "reads node \(input.node), which is not before it")
      }
      for input in node.inputs where input.result < 0 || input.result >= nodes[input.node].types.count {
        throw GraphError(
          .structure, node.name, "reads result \(input.result) of \(nodes[input.node].name), which does not exist")
      }
      let inferred: [TensorType]
      do { inferred = try node.op.outputTypes(node.inputs.map { self[$0] }) } catch {
        throw GraphError(.types, node.name, "\(type(of: node.op).name): \(error.what)")
      }
      if inferred != node.types {
        throw GraphError(.structure, node.name, "recorded as \(node.types), inferred as \(inferred)")
      }
    }
    for output in outputs
    where output.value.node < 0 || output.value.node >= nodes.count
      || output.value.result >= nodes[output.value.node].types.count
    {
      throw GraphError(.structure, output.name, "output of a value that does not exist")
    }
    if Set(outputs.map(\.name)).count != outputs.count {
      throw GraphError(.structure, "outputs", "two outputs share a name")
    }
  }
}
