package import Graphs
import Ops
import Tensors

/// The same network for images whose channels come last: an image that is only read through a transposition to that order is
/// taken in it, and an output that is a transposition from it is given in it.
///
/// After `Pass.transposeMotion` this makes an ordinary network of one whose channels come first.
package func channelsLast(_ graph: Graph) -> Graph {
  let users = graph.users(), outputs = Set(graph.outputs.map(\.value.node))
  func transposes(_ node: Node, _ order: [Int]) -> Bool {
    if let op = node.op as? Transpose { return op.permutation == order }
    // Of a single channel the transposition is a reshape.
    guard node.op is Reshape else { return false }
    let input = graph[node.inputs[0]]
    let channels = order == [0, 3, 1, 2] ? 3 : 1
    return input.rank == 4 && input.dims[channels] == 1 && node.types[0].dims == order.map { input.dims[$0] }
  }
  var result = Graph()
  var values: [Value: Value] = [:]
  for (index, node) in graph.nodes.enumerated() {
    if let input = node.op as? Input {
      let isTurned =
        input.type.rank == 4 && !outputs.contains(index)
        && users[index].contains { transposes(graph.nodes[$0], [0, 2, 3, 1]) }
        && users[index].allSatisfy { transposes(graph.nodes[$0], [0, 2, 3, 1]) || graph.nodes[$0].op is ShapeOf }
      let type = isTurned ? input.type.permuted([0, 2, 3, 1]) : input.type
      values[Value(index)] = result.input(node.name, type)
      guard isTurned, let turned = values[Value(index)] else { continue }
      for user in users[index] {
        let sized = (graph.nodes[user].op as? ShapeOf)?.axes(4).map { [0, 3, 1, 2][$0] }
        guard let sized else {
          values[Value(user)] = turned
          continue
        }
        let copy = try? sizes(of: turned, sized, name: graph.nodes[user].name) {
          (op, inputs, name) throws(GraphError) in
          try result.add(op, inputs, name: name)
        }
        guard let copy else { preconditionFailure("an image has four sizes") }
        values[Value(user)] = copy
      }
    } else if values[Value(index)] == nil {
      guard let copy = try? result.add(node.op, node.inputs.compactMap { values[$0] }, name: node.name) else {
        preconditionFailure("\(node.name) was part of a graph")
      }
      for place in node.types.indices { values[Value(index, place)] = Value(copy.node, place) }
    }
  }
  for output in graph.outputs {
    let node = graph.nodes[output.value.node]
    // An output that is an input itself would have no step that computes it.
    let isTurned =
      transposes(node, [0, 3, 1, 2]) && node.types[0].rank == 4 && !(graph.nodes[node.inputs[0].node].op is Input)
    guard let value = values[isTurned ? node.inputs[0] : output.value] else { continue }
    let isInput = result.nodes[value.node].op is Input
    result.output(isInput ? values[output.value] ?? value : value, name: output.name)
  }
  return result.pruned()
}
