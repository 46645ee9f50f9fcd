extension Graph {
  /// True where both graphs apply the same operators to the same constants and inputs, in whatever order their nodes stand and
  /// whatever these are called. Inputs and outputs correspond by their order. Such graphs compute the same.
  package func isSame(as other: Graph) -> Bool {
    let inputs = inputs, others = other.inputs
    guard outputs.count == other.outputs.count, inputs.count == others.count else { return false }
    // The node of the other graph for each node that was compared or is about to be.
    var partners = [Int?](repeating: nil, count: nodes.count)
    var pending: [(Int, Int)] = []
    func match(_ value: Value, _ otherValue: Value) -> Bool {
      guard value.result == otherValue.result else { return false }
      if let partner = partners[value.node] { return partner == otherValue.node }
      partners[value.node] = otherValue.node
      pending.append((value.node, otherValue.node))
      return true
    }
    for (input, otherInput) in zip(inputs, others) {
      guard nodes[input].types == other.nodes[otherInput].types else { return false }
      partners[input] = otherInput
    }
    for (output, otherOutput) in zip(outputs, other.outputs) {
      guard match(output.value, otherOutput.value) else { return false }
    }
    while let (index, otherIndex) = pending.popLast() {
      let node = nodes[index], partner = other.nodes[otherIndex]
      guard !(partner.op is Input), node.inputs.count == partner.inputs.count,
        AnyHashable(node.op) == AnyHashable(partner.op)
      else { return false }
      for (value, otherValue) in zip(node.inputs, partner.inputs) where !match(value, otherValue) { return false }
    }
    return true
  }
}
