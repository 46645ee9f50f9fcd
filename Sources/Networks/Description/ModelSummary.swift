import ModelFiles
package import Graphs
import Ops
package import Passes
package import Tensors

/// The layers of a model as its file has them, with what the graph knows of them.
package struct ModelSummary {
  package struct Row {
    var layer: ModelLayer
    /// What it makes, once for each type that differs between its calls.
    var types: [TensorType]
    /// Elements of its weights, for a model those of its layers, and those that training changes.
    var parameters: Int, trainable: Int
    /// Of all its calls; nil where sizes cannot be known.
    var multiplyAdds: Int?
    /// The layer that has the same weights and comes before it.
    var sharedWith: String?

    var sources: [String] { layer.sources.flatMap { $0 } }
  }

  private(set) var rows: [Row] = []
  /// Of all weights, shared ones once.
  package let parameters: Int, trainable: Int
  package let byteCount: Int
  /// Of the whole model as it is written; nil where sizes cannot be known.
  package let multiplyAdds: Int?
  /// The graph without weights, at the size that costs are counted at.
  package let sized: Graph?

  package init(_ model: ImportedModel) {
    let sized = try? model.skeleton.specialised(to: model.measuredTypes)
    self.sized = sized
    func cost(_ nodes: Range<Int>) -> Int? {
      sized.map { graph in
        nodes.reduce(0) { saturatingSum($0, graph.nodes[$1].op.multiplyAdds(graph.nodes[$1].inputs.map { graph[$0] })) }
      }
    }
    let all = model.description.layers
    let variables = all.distinctVariables
    parameters = ModelSummary.count(variables)
    trainable = ModelSummary.count(variables.filter(\.isTrainable))
    byteCount = variables.reduce(0) { saturatingSum($0, $1.byteCount) }
    multiplyAdds = cost(model.skeleton.nodes.indices)

    var owners: [[String]: String] = [:]
    for (place, layer) in all.enumerated() {
      var types: [TensorType] = []
      for result in layer.calls.flatMap(\.results) where !types.contains(model.skeleton[result]) {
        types.append(model.skeleton[result])
      }
      let own = layer.isModel ? all[(place + 1)...].prefix { $0.depth > layer.depth } : all[place...place]
      let weights = Array(own).distinctVariables
      let datasets = layer.variables.map(\.dataset)
      rows.append(
        Row(
          layer: layer, types: types, parameters: ModelSummary.count(weights),
          trainable: ModelSummary.count(weights.filter(\.isTrainable)),
          multiplyAdds: layer.calls.reduce(.some(0)) { sum, call in
            sum.flatMap { sum in cost(call.nodes).map { saturatingSum(sum, $0) } }
          }, sharedWith: datasets.isEmpty ? nil : owners[datasets]))
      if !datasets.isEmpty, owners[datasets] == nil { owners[datasets] = layer.path }
    }
  }

  private static func count(_ variables: [ModelLayer.Variable]) -> Int {
    variables.reduce(0) { saturatingSum($0, $1.count) }
  }

  /// The layers that are no models.
  package var leafCount: Int { rows.count { !$0.layer.isModel } }

  /// Dtype policies other than float32, with the layers that have them.
  package var policies: [(name: String, layers: [String])] {
    var result: [(name: String, layers: [String])] = []
    for row in rows where !row.layer.isModel && row.layer.dtypePolicy != "float32" {
      if let place = result.firstIndex(where: { $0.name == row.layer.dtypePolicy }) {
        result[place].layers.append(row.layer.path)
      } else {
        result.append((row.layer.dtypePolicy, [row.layer.path]))
      }
    }
    return result
  }
}

extension ImportedModel {
  /// Takes over the size of images that the only input that has some does not declare.
  package mutating func declare(_ form: SceneForm) {
    guard let size = form.bakedSize?.size, inputs.count == 1, inputs[0].type.rank == form.input.axes.count else {
      return
    }
    var type = inputs[0].type
    for (place, axis) in form.input.axes.enumerated() {
      if axis == .rows { type.dims[place] = size.height }
      if axis == .columns { type.dims[place] = size.width }
    }
    bakedTypes[inputs[0].name] = type
  }

  /// The types of the inputs that costs are counted at: sizes that are open are 512, or the only ones that fit; the batch is 1.
  package var measuredTypes: [String: TensorType] {
    var types: [String: TensorType] = [:]
    for (name, type) in inputs {
      var type = bakedTypes[name] ?? type
      if type.rank > 0 { type.dims[0] = type.dims[0] ?? 1 }
      for axis in type.dims.indices where type.dims[axis] == nil { type.dims[axis] = 512 }
      types[name] = type
    }
    return types
  }
}

/// The sum, at most `Int.max`; for numbers that are not negative.
package func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}
