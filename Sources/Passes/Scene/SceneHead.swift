package import Graphs
import Ops
import Tensors

extension Graph {
  /// The same network with scores for its outputs, as far as these are made of scores: where an output is the number of each pixel's
  /// largest channel, the image of the channels.
  ///
  /// Images have their channels last.
  package func scoringPixels() -> Graph {
    let outputs = outputs.map { output in
      scores(behind: output.value).map { Output(name: output.name, value: $0) } ?? output
    }
    return selectingOutputs(outputs).pruned()
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
    case is Identity, is Squeeze, is ExpandDims, is Reshape, is DynamicReshape: return true
    case let op as Cast: return op.dataType != .bool
    case let op as Transpose:
      let moved = op.permutation.filter { self[node.inputs[0]].dims[$0] != 1 }
      return moved == moved.sorted()
    default: return false
    }
  }
}
