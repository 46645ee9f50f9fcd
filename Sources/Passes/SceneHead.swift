public import Graphs
import Ops
import Tensors

extension Graph {
  /// The same network with scores for its outputs, as far as these are made of scores: where an output is the class number of each
  /// pixel, the scores that it was chosen from; where it has no axis for channels, one with a single channel.
  ///
  /// Images have their channels last, as `channelsLast` leaves them.
  public func scoringPixels() -> Graph {
    var result = self
    let outputs = outputs.map { output -> Output in
      if let scores = scores(behind: output.value) { return Output(name: output.name, value: scores) }
      guard self[output.value].rank == 3, self[output.value].dataType == .float32,
        let image = image(of: output, in: &result)
      else { return output }
      return Output(name: output.name, value: image)
    }
    return result.selectingOutputs(outputs).pruned()
  }

  /// The image whose largest channels are the numbers of a value.
  private func scores(behind value: Value) -> Value? {
    var node = nodes[value.node]
    while keepsPixels(node) { node = nodes[node.inputs[0].node] }
    guard let op = node.op as? ArgMax else { return nil }
    let image = self[node.inputs[0]]
    let isLast = op.axis == -1 || op.axis == image.rank - 1
    guard isLast, !op.smallest, !op.last, image.rank == 4, image.dataType == .float32 else { return nil }
    return node.inputs[0]
  }

  /// True for an operator whose result has the numbers of its input in the same order.
  private func keepsPixels(_ node: Node) -> Bool {
    switch node.op {
    case is Identity, is Squeeze, is ExpandDims, is Reshape: return true
    case let op as Cast: return op.dataType != .bool
    case let op as Transpose:
      let moved = op.permutation.filter { self[node.inputs[0]].dims[$0] != 1 }
      return moved == moved.sorted()
    default: return false
    }
  }

  /// The image of a single channel that an output without channels was made of, with the functions applied that follow; without such an
  /// image, the output with an axis more.
  private func image(of output: Output, in graph: inout Graph) -> Value? {
    var value = output.value
    var functions: [Node] = []
    while self[value].rank != 4 {
      let node = nodes[value.node]
      if node.op is Activate {
        functions.append(node)
      } else if !keepsPixels(node) || node.op is Cast {
        break
      }
      value = node.inputs[0]
    }
    let name = "\(output.name)/channels"
    guard self[value].rank == 4, self[value].dims[3] == 1 else {
      return try? graph.add(ExpandDims(axes: [-1]), [output.value], name: name)
    }
    for (place, node) in functions.reversed().enumerated() {
      guard let next = try? graph.add(node.op, [value], name: "\(name)\(place)") else { return nil }
      value = next
    }
    return value
  }
}
