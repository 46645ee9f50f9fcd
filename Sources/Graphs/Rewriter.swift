package import Tensors

/// A rewrite: looks at one node of the old graph and, where it matches, adds nodes to the new graph and returns the value that
/// replaces the node's first result; `nil` leaves the node as it is.
package struct Pass: Sendable {
  package let name: String
  package let rewrite: @Sendable (_ graph: Graph, _ node: Int, _ rewriter: inout Rewriter) throws(GraphError) -> Value?

  package init(
    _ name: String,
    _ rewrite:
      @escaping @Sendable (_ graph: Graph, _ node: Int, _ rewriter: inout Rewriter) throws(GraphError) -> Value?
  ) {
    self.name = name
    self.rewrite = rewrite
  }
}

/// The new graph while a pass runs, and what became of the old values.
package struct Rewriter: Sendable {
  package private(set) var graph = Graph()
  /// For each old node, the old nodes that read it, once per reading input.
  package let users: [[Int]]
  /// Old values that are outputs of the old graph.
  package let outputs: Set<Value>
  var map: [Value: Value] = [:]
  /// Bytes of the constants that rewrites have added.
  private(set) var constantBytes = 0
  /// What rewrites of one sweep may add in constants before it ends. The constants that they replace die with the sweep.
  package static let sweepBytes = 16 << 20

  init(_ old: Graph) {
    users = old.users()
    outputs = Set(old.outputs.map(\.value))
  }

  /// The new value that stands for an old one.
  package func callAsFunction(_ old: Value) -> Value { map[old]! }

  /// True when the only reader of the old node is one input of one node, and it is not an output.
  package func hasSingleUser(_ old: Int) -> Bool {
    users[old].count == 1 && !outputs.contains { $0.node == old }
  }

  package mutating func add(_ op: any Op, _ inputs: [Value], name: String) throws(GraphError) -> Value {
    try graph.add(op, inputs, name: name)
  }

  package mutating func constant(_ tensor: Tensor, name: String) -> Value {
    constantBytes += tensor.shape.count * tensor.dataType.byteCount
    return graph.constant(tensor, name: name)
  }

  mutating func finish(_ old: Graph) {
    for output in old.outputs { graph.output(self(output.value), name: output.name) }
  }
}

extension Graph {
  /// What a run of passes did, one line per rewrite, such as `foldBatchNorm: enc1/bn`.
  package typealias RewriteLog = [String]

  /// Applies a pass once over the graph, prunes what died and verifies the result. Stops rewriting when `budget` reaches 0, and
  /// when new constants have grown to `Rewriter.sweepBytes`: the next application goes on from there.
  package func applying(_ pass: Pass, budget: inout Int, log: inout RewriteLog) throws(GraphError) -> Graph {
    var rewriter = Rewriter(self)
    for (index, node) in nodes.enumerated() {
      if budget > 0, rewriter.constantBytes < Rewriter.sweepBytes,
        let replacement = try pass.rewrite(self, index, &rewriter)
      {
        budget -= 1
        log.append("\(pass.name): \(node.name)")
        rewriter.map[Value(index)] = replacement
        continue
      }
      let copy: Value
      if let input = node.op as? Input {
        copy = rewriter.input(node.name, input.type)
      } else {
        copy = try rewriter.add(node.op, node.inputs.map { rewriter($0) }, name: node.name)
      }
      for result in node.types.indices { rewriter.map[Value(index, result)] = Value(copy.node, result) }
    }
    rewriter.finish(self)
    let result = rewriter.graph.pruned()
    try result.verify()
    return result
  }

  /// The graph without nodes that no output needs. Inputs stay, unless only those are to be kept that are needed.
  package func pruned(keepingInputs: Bool = true) -> Graph {
    var alive = [Bool](repeating: false, count: nodes.count)
    for output in outputs { alive[output.value.node] = true }
    for index in nodes.indices.reversed() where alive[index] {
      for input in nodes[index].inputs { alive[input.node] = true }
    }
    if keepingInputs { for input in inputs { alive[input] = true } }
    var result = Graph()
    var moved: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() where alive[index] {
      var copy = node
      copy.inputs = node.inputs.map { Value(moved[$0.node]!, $0.result) }
      moved[index] = result.nodes.count
      result.nodes.append(copy)
    }
    result.outputs = outputs.map { Output(name: $0.name, value: Value(moved[$0.value.node]!, $0.value.result)) }
    return result
  }
}

extension Rewriter {
  mutating func input(_ name: String, _ type: TensorType) -> Value { graph.input(name, type) }
}
