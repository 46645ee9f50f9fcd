public import Tensors

/// One result of one node.
public struct Value: Sendable, Hashable {
  /// Index of the node in `Graph.nodes`.
  public var node: Int
  /// Which of its results.
  public var result: Int

  public init(_ node: Int, _ result: Int = 0) { (self.node, self.result) = (node, result) }
}

/// An operator applied to values that earlier nodes made.
public struct Node: Sendable {
  public var name: String
  public var op: any Op
  public var inputs: [Value]
  public var types: [TensorType]

  public init(name: String, op: any Op, inputs: [Value], types: [TensorType]) {
    (self.name, self.op, self.inputs, self.types) = (name, op, inputs, types)
  }
}

/// A model as a value: nodes in execution order (edges point backwards) and named outputs.
public struct Graph: Sendable {
  public struct Output: Sendable, Hashable {
    public var name: String
    public var value: Value
    public init(name: String, value: Value) { (self.name, self.value) = (name, value) }
  }

  public internal(set) var nodes: [Node] = []
  public internal(set) var outputs: [Output] = []

  public init() {}

  public subscript(value: Value) -> TensorType { nodes[value.node].types[value.result] }

  /// Indices of the `Input` nodes, in order.
  public var inputs: [Int] { nodes.indices.filter { nodes[$0].op is Input } }

  /// The tensor of a value made by a `Constant` node.
  public func constant(_ value: Value) -> Tensor? { (nodes[value.node].op as? Constant)?.tensor }

  /// For each node, the nodes that read any of its results, once per reading input.
  public func users() -> [[Int]] {
    var result = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs { result[input.node].append(index) }
    }
    return result
  }

  /// Adds a node and infers its types.
  @discardableResult
  public mutating func add(_ op: any Op, _ inputs: [Value] = [], name: String) throws(GraphError) -> Value {
    for input in inputs where input.node < 0 || input.node >= nodes.count {
      throw GraphError(name, "reads node \(input.node), which does not exist yet")
    }
    let types: [TensorType]
    do { types = try op.outputTypes(inputs.map { self[$0] }) } catch {
      throw GraphError(name, "\(type(of: op).name): \(error.what)")
    }
    nodes.append(Node(name: name, op: op, inputs: inputs, types: types))
    return Value(nodes.count - 1)
  }

  @discardableResult
  public mutating func input(_ name: String, _ type: TensorType) -> Value {
    nodes.append(Node(name: name, op: Input(type: type), inputs: [], types: [type]))
    return Value(nodes.count - 1)
  }

  @discardableResult
  public mutating func constant(_ tensor: Tensor, name: String) -> Value {
    nodes.append(Node(name: name, op: Constant(tensor), inputs: [], types: [tensor.type]))
    return Value(nodes.count - 1)
  }

  public mutating func output(_ value: Value, name: String) { outputs.append(Output(name: name, value: value)) }
}

/// A graph that is not well-formed, or an operator that does not fit where it stands.
public struct GraphError: Error, Hashable, CustomStringConvertible {
  /// Name of the node.
  public var site: String
  public var what: String
  public init(_ site: String, _ what: String) { (self.site, self.what) = (site, what) }
  public var description: String { "\(site): \(what)" }
}

extension Graph {
  /// The same nodes with these outputs instead.
  public func selectingOutputs(_ outputs: [Output]) -> Graph {
    var result = self
    result.outputs = outputs
    return result
  }
}
