package import Graphs

/// One layer of a model, or one model within it, as the file has it.
package struct KerasLayer: Sendable, Hashable {
  /// The names of the models that it lies in and its own, joined by slashes.
  package var path: String
  package var name: String
  /// As the file has it.
  package var className: String
  /// What is computed where the class does not say it: a function, or what the user put in the layer's place.
  package var computes: String?
  /// The number of models that it lies in, 0 for layers of the model itself.
  package var depth: Int
  /// True for a model, whose layers follow it with a greater depth.
  package var isModel: Bool
  /// False where it, or a model that it lies in, is frozen.
  package var isTrainable: Bool
  /// The name of its dtype policy; `float32` where the file names none.
  package var dtypePolicy: String
  /// For each call within its model, the layers that it reads; `name@2` is the second call of a layer.
  package var sources: [[String]]
  /// Its own variables, in the order in which Keras saves them; a model has none of its own.
  package var variables: [Variable]
  /// The calls that the outputs of the whole model need, in the order of the graph.
  package var calls: [Call] = []

  /// A variable, and where the file has it.
  package struct Variable: Sendable, Hashable {
    package var name: String
    /// The path of its dataset in the weights file.
    package var dataset: String
    package var shape: [Int]
    /// The element type in the file, as NumPy names it.
    package var type: String
    /// The elements, and their bytes in the file before compression; at most `Int.max`.
    package var count: Int, byteCount: Int
    package var isTrainable: Bool
  }

  /// One call of the layer in the graph.
  package struct Call: Sendable, Hashable {
    /// The name of the node that carries the result.
    package var name: String
    package var inputs: [Value]
    package var results: [Value]
    /// The nodes that the call added to the graph, first uses of weights included; empty for the inputs of models.
    package var nodes: Range<Int>
  }
}

extension [KerasLayer] {
  /// All variables, those that several layers share once.
  package var distinctVariables: [KerasLayer.Variable] {
    var seen: Set<String> = []
    return flatMap(\.variables).filter { seen.insert($0.dataset).inserted }
  }
}
