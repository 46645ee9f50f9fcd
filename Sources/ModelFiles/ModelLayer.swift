package import Graphs

/// One layer of a model, or one model within it, as the file has it.
package struct ModelLayer: Sendable, Hashable {
  /// The names of the models that it lies in and its own, joined by slashes.
  package var path: String
  package var name: String
  /// As the file has it.
  package var className: String
  /// What is computed where the class does not say it: a function, or what the user put in the layer's place.
  package var computes: String?
  /// The number of models that it lies in, 0 for layers of the model itself.
  package var depth = 0
  /// True for a model, whose layers follow it with a greater depth.
  package var isModel = false
  /// False where it, or a model that it lies in, is frozen.
  package var isTrainable = true
  /// The name of its dtype policy; `float32` where the file names none.
  package var dtypePolicy = "float32"
  /// For each call within its model, the layers that it reads; `name@2` is the second call of a layer.
  package var sources: [[String]]
  /// Its own variables, in the order in which the file has them, or Keras saves them; those of an ONNX node are the initializers that
  /// it is the first to read. A model has none of its own.
  package var variables: [Variable]
  /// The calls that the outputs of the whole model need, in the order of the graph.
  package var calls: [Call] = []

  package init(
    path: String, name: String, className: String, computes: String? = nil, sources: [[String]], variables: [Variable],
    calls: [Call] = []
  ) {
    (self.path, self.name, self.className, self.computes) = (path, name, className, computes)
    (self.sources, self.variables, self.calls) = (sources, variables, calls)
  }

  /// A variable, and where the file has it.
  package struct Variable: Sendable, Hashable {
    package var name: String
    /// The path of its dataset in the weights file, or the name of the initializer.
    package var dataset: String
    package var shape: [Int]
    /// The element type in the file, as NumPy names it.
    package var type: String
    /// The elements, and their bytes in the file before compression; at most `Int.max`.
    package var count: Int, byteCount: Int
    package var isTrainable: Bool

    package init(
      name: String, dataset: String, shape: [Int], type: String, count: Int, byteCount: Int, isTrainable: Bool
    ) {
      (self.name, self.dataset, self.shape, self.type) = (name, dataset, shape, type)
      (self.count, self.byteCount, self.isTrainable) = (count, byteCount, isTrainable)
    }
  }

  /// One call of the layer in the graph.
  package struct Call: Sendable, Hashable {
    /// The name of the node that carries the result.
    package var name: String
    package var inputs: [Value]
    package var results: [Value]
    /// The nodes that the call added to the graph, first uses of weights included; empty for the inputs of models.
    package var nodes: Range<Int>

    package init(name: String, inputs: [Value], results: [Value], nodes: Range<Int>) {
      (self.name, self.inputs, self.results, self.nodes) = (name, inputs, results, nodes)
    }
  }
}

extension [ModelLayer] {
  /// All variables, those that several layers share once.
  package var distinctVariables: [ModelLayer.Variable] {
    var seen: Set<String> = []
    return flatMap(\.variables).filter { seen.insert($0.dataset).inserted }
  }
}
