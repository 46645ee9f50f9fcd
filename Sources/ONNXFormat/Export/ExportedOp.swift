import Graphs
import ModelFiles
import Ops
import Tensors

/// An operator that ONNX can say.
protocol ExportedOp: Op {
  /// Writes the nodes that compute what the operator does, and tells the site what its result is called.
  ///
  /// Errors: attributes or types that ONNX has no form for.
  func export(_ site: inout ExportSite) throws(ImportError)
}

/// A node of a graph on its way into an ONNX model.
struct ExportSite {
  let node: Node
  let types: [TensorType]
  private(set) var builder: ExportBuilder

  init(_ node: Node, _ types: [TensorType], _ builder: ExportBuilder) {
    (self.node, self.types, self.builder) = (node, types, builder)
  }

  var output: TensorType { node.types[0] }

  /// The name of an input in a layout; what transposes it is written when it is first asked for.
  func input(_ index: Int, _ layout: ExportLayout = .plain) -> String {
    builder.name(of: node.inputs[index], layout)
  }

  /// The elements of an input that is a weight.
  func constant(_ index: Int) -> Tensor? { builder.graph.constant(node.inputs[index]) }

  func weights(_ index: Int) throws(ImportError) -> Tensor {
    guard let tensor = constant(index) else { throw refusal("its weights are computed") }
    return tensor
  }

  /// A weight under the name that it has in the graph, in another layout.
  func weights(_ index: Int, as tensor: PermutedTensor) -> String {
    builder.initializer(tensor, name: builder.graph.nodes[node.inputs[index].node].name)
  }

  /// An initializer of this node's own; `what` ends its name.
  func initializer(_ tensor: Tensor, _ what: String) -> String {
    builder.initializer(PermutedTensor(tensor), name: "\(node.name)/\(what)")
  }

  func initializer(_ tensor: PermutedTensor, _ what: String) -> String {
    builder.initializer(tensor, name: "\(node.name)/\(what)")
  }

  func integers(_ values: [Int], _ what: String) -> String {
    initializer(Tensor([values.count], .int64(values.map { Int64($0) })), what)
  }

  func scalar(_ value: Double, _ what: String, _ dataType: DataType = .float32) -> String {
    initializer(Cast(to: dataType).evaluate([Tensor([], .float64([value]))])[0], what)
  }

  /// Writes a node and names its results.
  func emit(
    _ op: String, _ inputs: [String], _ attributes: [(name: String, value: DraftAttribute)] = [], results: Int
  ) -> [String] {
    let outputs = (0..<results).map { _ in builder.unique("\(node.name)/\(op)") }
    builder.emit(DraftNode(op: op, inputs: inputs, outputs: outputs, attributes: attributes))
    return outputs
  }

  func emit(
    _ op: String, _ inputs: [String], _ attributes: [(name: String, value: DraftAttribute)] = []
  ) -> String { emit(op, inputs, attributes, results: 1)[0] }

  /// Names the node's result.
  func finish(_ name: String, _ layout: ExportLayout = .plain, result: Int = 0) {
    builder.finish(name, layout, result: result)
  }

  /// The layout in which the node's results cost no transposition: channels first where an image that it reads exists so.
  var layout: ExportLayout {
    let images = node.inputs.indices.filter { types[$0].rank == 4 && constant($0) == nil }
    return output.rank == 4 && images.contains { builder.has(node.inputs[$0], .channelsFirst) }
      ? .channelsFirst : .plain
  }

  func refusal(_ what: String) -> ImportError {
    ImportError(.unsupported, node.name, "\(type(of: node.op).name) cannot be written as ONNX: \(what)")
  }
}
