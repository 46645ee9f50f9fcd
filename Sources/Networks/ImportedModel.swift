package import Graphs
package import ModelFiles
import Ops
package import Tensors

/// What was in a model file, without the weights.
package struct ImportedModel {
  package var description: ModelDescription
  package var inputs: [(name: String, type: TensorType)]
  package var outputs: [(name: String, type: TensorType)]
  /// The outputs of the model in its file, those included that were not imported.
  package var outputNames: [String] { description.outputNames }
  /// Of inputs that take a single size and do not declare it.
  package var bakedTypes: [String: TensorType] = [:]
  /// The nodes that make the outputs.
  package var outputNodes: [Int]
  /// Operators, inputs and constants not counted.
  package var layerCount: Int
  /// The graph without its weights.
  package var skeleton: Graph
  /// The graph as text.
  package var dump: String

  init(_ graph: Graph, _ description: ModelDescription) {
    self.description = description
    inputs = graph.inputs.map { (graph.nodes[$0].name, graph.nodes[$0].types[0]) }
    outputs = graph.outputs.map { ($0.name, graph[$0.value]) }
    outputNodes = graph.outputs.map(\.value.node)
    layerCount = graph.layerCount
    skeleton = graph.skeleton
    dump = graph.description
  }
}
