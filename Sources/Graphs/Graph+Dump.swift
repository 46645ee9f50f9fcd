import Tensors

extension Graph: CustomStringConvertible {
  /// One line per node: `%3 conv1 = conv2d(%0, %1, %2) strides=1x1 : f32[1x8x8x4]`, then the outputs. Stable across runs.
  public var description: String {
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
  public var dot: String {
    func quoted(_ text: String) -> String {
      "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
    var lines = ["digraph model {", "  rankdir=TB; node [shape=box, fontname=Helvetica];"]
    for (index, node) in nodes.enumerated() where !(node.op is Constant) {
      let label = "\(node.name)\\n\(type(of: node.op).name) \(node.types.map(\.description).joined(separator: ", "))"
      lines.append("  n\(index) [label=\(quoted(label).replacing("\\\\n", with: "\\n"))];")
      for input in node.inputs where !(nodes[input.node].op is Constant) {
        lines.append("  n\(input.node) -> n\(index);")
      }
    }
    return (lines + ["}"]).joined(separator: "\n")
  }
}
