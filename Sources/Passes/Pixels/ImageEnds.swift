package import Graphs
import Ops
import Tensors

/// The same network with inputs and outputs that are images of four axes given channels last; those that are so already, and those that
/// are no images, stay.
///
/// `prefersChannelsLast` decides where sizes do not say which axis is which.
package func withImageEndsChannelsLast(_ graph: Graph, prefersChannelsLast: Bool) throws(GraphError) -> Graph {
  let ends = ImageEnds(graph, prefersChannelsLast: prefersChannelsLast)
  let (first, last) = ([0, 3, 1, 2], [0, 2, 3, 1])
  var result = Graph()
  var values: [Value: Value] = [:]
  for (index, node) in graph.nodes.enumerated() {
    if let input = node.op as? Input, ends.inputs[index] == .channelsFirst {
      let image = result.input(node.name, TensorType(input.type.dataType, last.map { input.type.dims[$0] }))
      values[Value(index)] = try result.add(Transpose(permutation: first), [image], name: "\(node.name)/planes")
      continue
    }
    let copy =
      if let input = node.op as? Input {
        result.input(node.name, input.type)
      } else {
        try result.add(node.op, node.inputs.compactMap { values[$0] }, name: node.name)
      }
    for place in node.types.indices { values[Value(index, place)] = Value(copy.node, place) }
  }
  for (place, output) in graph.outputs.enumerated() {
    guard var value = values[output.value] else { continue }
    if ends.outputs[place] == .channelsFirst {
      value = try result.add(Transpose(permutation: last), [value], name: "\(output.name)/image")
    }
    result.output(value, name: output.name)
  }
  return try tidied(result)
}

/// How the images of four axes among a network's inputs and outputs are laid out.
private struct ImageEnds {
  /// By node.
  private(set) var inputs: [Int: ImageLayout] = [:]
  private(set) var outputs: [ImageLayout?]

  init(_ graph: Graph, prefersChannelsLast: Bool) {
    outputs = [ImageLayout?](repeating: nil, count: graph.outputs.count)
    for index in graph.inputs where graph.nodes[index].types[0].rank == 4 {
      let type = graph.nodes[index].types[0]
      var one = type
      one.dims[0] = nil
      let readings = ImageLayout.readings(of: one, prefersChannelsLast: prefersChannelsLast)
      inputs[index] = readings.first
      guard graph.inputs.count == 1 else { continue }
      let lifts = readings.map { SceneLift(graph, $0) }
      guard let best = lifts.min(by: { $0.misfit < $1.misfit }) else { continue }
      inputs[index] = best.layout
      if !best.outputLayouts.isEmpty { outputs = best.outputLayouts }
    }
    // What is not known lies as the input does.
    guard let common = inputs.values.first, inputs.values.allSatisfy({ $0 == common }) else { return }
    for (place, output) in graph.outputs.enumerated() where graph[output.value].rank == 4 {
      outputs[place] = outputs[place] ?? common
    }
  }
}
