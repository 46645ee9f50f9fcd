import Tensors

extension Graph: CustomStringConvertible {
  /// One line per node: `%3 conv1 = conv2d(%0, %1, %2) strides=1x1 : f32[1x8x8x4]`, then the outputs. Stable across runs.
  package var description: String {
    var lines: [String] = []
    for (index, node) in nodes.enumerated() {
      let inputs = node.inputs.map { $0.result == 0 ? "%\($0.node)" : "%\($0.node).\($0.result)" }
      let attributes = node.op.attributes.isEmpty ? "" : " " + node.op.attributes
      let types = node.types.map(\.description).joined(separator: ", ")
      lines.append(
        "%\(index) \(node.name) = \(type(of: node.op).name)(\(inputs.joined(separator: ", ")))\(attributes) : \(types)")
    }
    for output in outputs { lines.append("output \(output.name) = %\(output.value.node)") }
    return lines.joined(separator: "\n")
  }

  /// The graph in Graphviz' language; constants are left out.
  package var dot: String {
    var lines = ["digraph model {", "  rankdir=TB; node [shape=box, fontname=Helvetica];"]
    for (index, node) in nodes.enumerated() where !(node.op is Constant) {
      let types = node.types.map(\.description).joined(separator: ", ")
      lines.append("  n\(index) [label=\"\(inLabel(node.name))\\n\(type(of: node.op).name) \(types)\"];")
      for input in node.inputs where !(nodes[input.node].op is Constant) {
        lines.append("  n\(input.node) -> n\(index);")
      }
    }
    for (place, output) in outputs.enumerated() {
      lines.append("  o\(place) [label=\"\(inLabel(output.name))\", shape=ellipse];")
      lines.append("  n\(output.value.node) -> o\(place);")
    }
    return (lines + ["}"]).joined(separator: "\n")
  }

  /// Text within a quoted label, where backslashes and entities have a meaning; control characters become spaces.
  private func inLabel(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "&": result += "&amp;"
      case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value): result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
