package import Diagnostics
package import Tensors

/// One result of one node.
package struct Value: Sendable, Hashable {
  /// Index of the node in `Graph.nodes`.
  package var node: Int
  /// Which of its results.
  package var result: Int

  package init(_ node: Int, _ result: Int = 0) { (self.node, self.result) = (node, result) }
}

/// An operator applied to values that earlier nodes made.
package struct Node: Sendable {
  package var name: String
  package var op: any Op
  package var inputs: [Value]
  package var types: [TensorType]

  package init(name: String, op: any Op, inputs: [Value], types: [TensorType]) {
    (self.name, self.op, self.inputs, self.types) = (name, op, inputs, types)
  }
}

/// A model as a value: nodes in execution order (edges point backwards) and named outputs.
package struct Graph: Sendable {
  package struct Output: Sendable, Hashable {
    package var name: String
    package var value: Value
    package init(name: String, value: Value) { (self.name, self.value) = (name, value) }
  }

  package internal(set) var nodes: [Node] = []
  package internal(set) var outputs: [Output] = []

  package init() {}

  package subscript(value: Value) -> TensorType { nodes[value.node].types[value.result] }

  /// Indices of the `Input` nodes, in order.
  package var inputs: [Int] { nodes.indices.filter { nodes[$0].op is Input } }

  /// The tensor of a value made by a `Constant` node.
  package func constant(_ value: Value) -> Tensor? { (nodes[value.node].op as? Constant)?.tensor }

  /// For each node, the nodes that read any of its results, once per reading input.
  package func users() -> [[Int]] {
    var result = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { result[input.node].append(index) }
    }
    return result
  }

  /// Adds a node and infers its types.
  @discardableResult
  package mutating func add(_ op: any Op, _ inputs: [Value] = [], name: String) throws(GraphError) -> Value {
    for input in inputs where input.node < 0 || input.node >= nodes.count {
      throw GraphError(.structure, name, "reads node \(input.node), which does not exist yet")
    }
    let types: [TensorType]
    do { types = try op.outputTypes(inputs.map { self[$0] }) } catch {
      throw GraphError(.types, name, "\(type(of: op).name): \(error.what)")
    }
    nodes.append(Node(name: name, op: op, inputs: inputs, types: types))
    return Value(nodes.count - 1)
  }

  @discardableResult
  package mutating func input(_ name: String, _ type: TensorType) -> Value {
    nodes.append(Node(name: name, op: Input(type: type), inputs: [], types: [type]))
    return Value(nodes.count - 1)
  }

  @discardableResult
  package mutating func constant(_ tensor: Tensor, name: String) -> Value {
    nodes.append(Node(name: name, op: Constant(tensor), inputs: [], types: [tensor.type]))
    return Value(nodes.count - 1)
  }

  package mutating func output(_ value: Value, name: String) { outputs.append(Output(name: name, value: value)) }
}

/// A graph that is not well-formed, or an operator that does not fit where it stands.
package struct GraphError: SiteError {
  package enum Kind: Sendable, Hashable {
    /// Nodes or outputs that refer to what is not there, or that do not say of themselves what is true.
    case structure
    /// An operator cannot take what it is given, or its result is not what is needed.
    case types
    /// A caller asked for, or gave, what does not go with the graph.
    case request
  }

  package var kind: Kind
  /// Name of the node.
  package var site: String
  package var what: String

  package var remedy: Remedy? { nil }

  package init(_ kind: Kind, _ site: String, _ what: String) { (self.kind, self.site, self.what) = (kind, site, what) }
}

extension Graph {
  /// The same nodes with these outputs instead.
  package func selectingOutputs(_ outputs: [Output]) -> Graph {
    var result = self
    result.outputs = outputs
    return result
  }
}
