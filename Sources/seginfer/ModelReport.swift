import Graphs
import KerasImport
import Passes
import Tensors

/// The facts about a model that `info` prints.
struct ModelReport {
  private let loaded: LoadedModel
  private let geometry: SceneGeometry
  private let gigaMultiplyAdds: Double
  private let measuredSize: String

  /// Errors: a graph that does not fit together at its own size.
  init(_ loaded: LoadedModel) throws(Failure) {
    self.loaded = loaded
    let graph = loaded.optimised
    geometry = try graphErrors(loaded.file) { () throws(GraphError) in try localGeometry(channelsLast(graph)) }
    var types: [String: TensorType] = [:]
    for index in graph.inputs {
      var type = graph.nodes[index].types[0]
      if type.rank > 0 { type.dims[0] = type.dims[0] ?? 1 }
      for axis in type.dims.indices where type.dims[axis] == nil { type.dims[axis] = 512 }
      types[graph.nodes[index].name] = type
    }
    measuredSize = types.keys.sorted().map { types[$0]!.description }.joined(separator: ", ")
    let sized = try? graph.specialised(to: types)
    let total = sized?.nodes.reduce(0) { sum, node in
      sum + node.op.multiplyAdds(node.inputs.map { sized![$0] })
    }
    gigaMultiplyAdds = Double(total ?? 0) / 1e9
  }

  private var exactness: String {
    guard geometry.isLocal else { return "no: " + geometry.blockers.map(\.description).joined(separator: "; ") }
    let (r, c) = (geometry.rows, geometry.columns)
    return
      "yes: halo \(r.haloBefore)+\(r.haloAfter) rows, \(c.haloBefore)+\(c.haloAfter) columns; modulus \(r.modulus)x\(c.modulus), stride \(r.stride)x\(c.stride)"
  }

  private var multiplyAdds: String {
    gigaMultiplyAdds >= 1 ? decimal(gigaMultiplyAdds, 2) + " G" : decimal(gigaMultiplyAdds * 1000, 3) + " M"
  }

  private func values(_ list: [(name: String, type: TensorType)]) -> String {
    list.map { "\(escaped($0.name)) \($0.type)" }.joined(separator: ", ")
  }

  var text: String {
    let imported = loaded.imported
    let metadata = imported.metadata
    var lines = [
      "model: \(escaped(loaded.file)), \(metadata.kind.rawValue)"
        + (metadata.kerasVersion.map { ", Keras \(escaped($0))" } ?? ""),
      "inputs: \(values(imported.inputs))", "outputs: \(values(imported.outputs))",
      "layers: \(imported.layerCount), \(loaded.optimised.layerCount) after optimisation",
      "parameters: \(imported.parameterCount)", "multiply-adds: \(multiplyAdds) at \(measuredSize)",
      "exact tiles: \(exactness)",
    ]
    if let names = loaded.metadata?.class_names {
      lines.append("classes: \(names.map(escaped).joined(separator: ", "))")
    }
    if let resolution = loaded.metadata?.resolution { lines.append("resolution: \(resolution)") }
    if let trained = loaded.metadata?.trained_on { lines.append("trained on: \(escaped(trained))") }
    lines += metadata.notes.map { "note: \(escaped($0))" }
    return lines.joined(separator: "\n")
  }

  var json: String {
    func list(_ values: [(name: String, type: TensorType)]) -> String {
      "["
        + values.map { value in
          let dims = value.type.dims.map { $0.map(String.init) ?? "null" }.joined(separator: ", ")
          return
            "{\"name\": \(jsonQuoted(value.name)), \"type\": \(jsonQuoted(value.type.dataType.rawValue)), \"shape\": [\(dims)]}"
        }.joined(separator: ", ") + "]"
    }
    func axis(_ a: SceneGeometry.Axis) -> String {
      "{\"halo_before\": \(a.haloBefore), \"halo_after\": \(a.haloAfter), \"modulus\": \(a.modulus), \"stride\": \(a.stride)}"
    }
    let imported = loaded.imported
    let metadata = imported.metadata
    var fields = [
      "\"file\": \(jsonQuoted(loaded.file))", "\"kind\": \(jsonQuoted(metadata.kind.rawValue))",
      "\"keras_version\": \(metadata.kerasVersion.map(jsonQuoted) ?? "null")", "\"inputs\": \(list(imported.inputs))",
      "\"outputs\": \(list(imported.outputs))", "\"layers\": \(imported.layerCount)",
      "\"parameters\": \(imported.parameterCount)",
      "\"gmac\": \(jsonNumber(gigaMultiplyAdds))", "\"exact\": \(geometry.isLocal)",
      "\"blockers\": [" + geometry.blockers.map { jsonQuoted($0.description) }.joined(separator: ", ") + "]",
      "\"rows\": \(axis(geometry.rows))", "\"columns\": \(axis(geometry.columns))",
      "\"notes\": [" + metadata.notes.map(jsonQuoted).joined(separator: ", ") + "]",
    ]
    if let names = loaded.metadata?.class_names {
      fields.append("\"classes\": [" + names.map(jsonQuoted).joined(separator: ", ") + "]")
    }
    return "{" + fields.joined(separator: ", ") + "}"
  }
}
