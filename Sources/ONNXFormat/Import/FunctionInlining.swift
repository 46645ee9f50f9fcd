import Diagnostics
import ModelFiles

/// Puts the bodies of a model's functions in the place of the nodes that call them.
///
/// It works through a list and not by recursion, so that the depth of calls costs no stack.
struct FunctionInlining {
  private struct Key: Hashable { var domain: String, name: String, overload: String }

  private struct Pending {
    var node: NodeMessage
    /// What stands before the names of values and nodes of the function around the node.
    var prefix: String
    var opset: Int
    /// The functions around it, the innermost last.
    var callers: [Key]
  }

  private(set) var nodes: [FlatGraph.FlatNode] = []
  private var functions: [Key: FunctionMessage] = [:]
  private var callCount = 0

  init(_ model: ModelMessage, opset: Int) throws(ImportError) {
    for function in model.functions {
      let key = Key(domain: function.domain, name: function.name, overload: function.overload)
      guard functions.updateValue(function, forKey: key) == nil else {
        throw ImportError(.malformed, function.name, "the function is defined twice")
      }
    }
    var stack = model.graph.nodes.reversed().map { Pending(node: $0, prefix: "", opset: opset, callers: []) }
    while let next = stack.popLast() {
      let node = next.node
      let key = Key(domain: node.domain, name: node.type, overload: node.overload)
      guard let function = functions[key] else {
        guard nodes.count < Limits.layers else {
          throw ImportError(.limit, node.name, "functions make more than \(Limits.layers) nodes")
        }
        nodes.append(
          FlatGraph.FlatNode(
            name: next.prefix + node.name, type: node.type, domain: node.domain, opset: next.opset,
            inputs: node.inputs, outputs: node.outputs, attributes: node.attributes))
        continue
      }
      guard !next.callers.contains(key) else {
        throw ImportError(.malformed, node.name, "the function \(printable(node.type)) calls itself")
      }
      guard next.callers.count < Limits.callDepth else {
        throw ImportError(.limit, node.name, "functions call each other deeper than \(Limits.callDepth)")
      }
      callCount += 1
      guard callCount + stack.count + function.nodes.count <= 2 * Limits.layers else {
        throw ImportError(.limit, node.name, "functions make more than \(Limits.layers) nodes")
      }
      let opset = function.opsets.first { $0.domain.isEmpty }?.version ?? next.opset
      guard ModelMessage.opsetsRead.contains(opset) else {
        throw ImportError(
          .unsupported, node.name, "the function \(printable(node.type)) is of ONNX opset \(opset)",
          remedy: .advice(ModelMessage.opsetAdvice))
      }
      let body = try self.body(of: function, called: next)
      for node in body.reversed() {
        stack.append(
          Pending(
            node: node, prefix: next.prefix + next.node.name + "/",
            opset: opset, callers: next.callers + [key]))
      }
    }
  }

  /// The nodes of a function with the names and attributes that a call gives.
  private func body(of function: FunctionMessage, called call: Pending) throws(ImportError) -> [NodeMessage] {
    let node = call.node
    guard node.inputs.count <= function.inputs.count, node.outputs.count <= function.outputs.count else {
      throw ImportError(
        .malformed, node.name,
        "the function \(printable(function.name)) has \(function.inputs.count) inputs and \(function.outputs.count) outputs, "
          + "is called with \(node.inputs.count) and \(node.outputs.count)")
    }
    let unknown = node.attributes.keys.filter {
      !function.attributes.contains($0) && function.defaults[$0] == nil && !$0.hasPrefix("__")
    }
    if let name = unknown.min() {
      throw ImportError(
        .malformed, node.name,
        "gives the attribute \(printable(name)), which the function \(printable(function.name)) does not have")
    }
    var names: [String: String] = ["": ""]
    for (place, input) in function.inputs.enumerated() {
      names[input] = place < node.inputs.count ? node.inputs[place] : ""
    }
    let scope = call.prefix + node.name + "/"
    var passed: [NodeMessage] = []
    for (place, output) in function.outputs.enumerated() {
      let outer = place < node.outputs.count ? node.outputs[place] : ""
      guard !outer.isEmpty else { continue }
      if let inner = names[output] {
        // An output that is an input, or another output, as it is.
        passed.append(
          NodeMessage(
            name: outer, type: "Identity", domain: "", overload: "", inputs: [inner], outputs: [outer], attributes: [:])
        )
      } else {
        names[output] = outer
      }
    }
    func renamed(_ name: String) -> String { names[name] ?? scope + name }
    var result: [NodeMessage] = []
    for var inner in function.nodes {
      inner.inputs = inner.inputs.map(renamed)
      inner.outputs = inner.outputs.map(renamed)
      inner.attributes = try attributes(of: inner, in: function, called: node)
      result.append(inner)
    }
    return result + passed
  }

  private func attributes(
    of inner: NodeMessage, in function: FunctionMessage, called node: NodeMessage
  ) throws(ImportError) -> [String: AttributeMessage] {
    var result: [String: AttributeMessage] = [:]
    for (name, value) in inner.attributes {
      guard case .reference(let wanted) = value else {
        result[name] = value
        continue
      }
      if let given = node.attributes[wanted] ?? function.defaults[wanted] {
        result[name] = given
      } else if !function.attributes.contains(wanted) {
        throw ImportError(
          .malformed, inner.name,
          "\(printable(name)) is the attribute \(printable(wanted)), which the function \(printable(function.name)) does not have"
        )
      }
    }
    return result
  }
}
