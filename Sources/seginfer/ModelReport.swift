import Graphs
import Ops
import Passes
import Rasters
import Tensors

/// The facts about a model that `info` prints.
struct ModelReport {
  let loaded: LoadedModel
  let summary: ModelSummary
  /// Of the first output.
  let geometry: SceneGeometry
  /// The first output as a scene needs it, where it is one of an image.
  let network: SceneNetwork?
  /// Of the optimised graph, at `measuredSize`.
  let multiplyAdds: Int
  let measuredSize: String

  init(_ loaded: LoadedModel) {
    self.loaded = loaded
    let graph = loaded.optimised
    summary = ModelSummary(loaded.imported)
    network = try? SceneNetwork(graph, SceneForm.Wish(prefersChannelsLast: loaded.imported.metadata.prefersChannelsLast))
    do {
      geometry = try localGeometry(network?.graph ?? channelsLast(graph))
    } catch {
      geometry = SceneGeometry(blockers: [.init(node: error.site, reason: error.what)])
    }
    let types = loaded.imported.measuredTypes
    measuredSize = types.keys.sorted().compactMap { types[$0]?.description }.joined(separator: ", ")
    let sized = try? graph.specialised(to: types)
    multiplyAdds =
      sized?.nodes.reduce(0) { sum, node in
        saturatingSum(sum, node.op.multiplyAdds(node.inputs.map { sized![$0] }))
      } ?? 0
  }

  /// How the first output lies on the image.
  var fit: SceneFit? { network?.fit }

  private var exactness: String {
    guard geometry.isLocal else { return "no: " + geometry.blockers.map(\.description).joined(separator: "; ") }
    let (r, c) = (geometry.rows, geometry.columns)
    return
      "yes: halo \(r.haloBefore)+\(r.haloAfter) rows, \(c.haloBefore)+\(c.haloAfter) columns; modulus \(r.modulus)x\(c.modulus), stride \(r.stride)x\(c.stride)"
  }

  /// What the layers cost as the file has them, where the optimiser changes that.
  private var asWritten: String {
    guard let written = summary.multiplyAdds, written != multiplyAdds else { return "" }
    return ", \(multiplyAddText(written)) before optimisation"
  }

  private func values(_ list: [(name: String, type: TensorType)]) -> String {
    list.map { "\(escaped($0.name)) \($0.type)" }.joined(separator: ", ")
  }

  var text: String {
    let imported = loaded.imported
    let metadata = imported.metadata
    var lines = [
      "model: \(escaped(loaded.file)), \(metadata.kind)"
        + (metadata.version.map { ", \(escaped($0))" } ?? ""),
      "inputs: \(values(imported.inputs))", "outputs: \(values(imported.outputs))",
      "layers: \(summary.leafCount), \(loaded.optimised.layerCount) after optimisation",
      "parameters: \(thousands(summary.parameters))",
      "multiply-adds: \(multiplyAddText(multiplyAdds)) at \(measuredSize)\(asWritten)", "exact tiles: \(exactness)",
    ]
    lines += network?.layoutText ?? []
    if let fit, fit.factor != 1 { lines.append("output size: a score for \(fit.factor) pixels") }
    if let fit, fit.border != 0 { lines.append("output size: lacks a border of \(fit.border) pixels") }
    if network?.numbers != nil { lines.append("classes: decided by the network, whose numbers are taken as they are") }
    for policy in summary.policies {
      let some = policy.layers.prefix(3).map(escaped).joined(separator: ", ")
      lines.append(
        "dtype policy: \(escaped(policy.name)) of \(policy.layers.count) layers (\(some)\(policy.layers.count > 3 ? ", ..." : ""))"
      )
    }
    if let names = loaded.metadata?.class_names {
      let classes = zip(names, classColours).map { "\(escaped($0)) \(escaped($1))" }
      lines.append("classes: \(classes.joined(separator: ", "))")
    }
    lines.append("input scaling: \(DeclaredScaling(loaded).text)")
    if let resolution = loaded.metadata?.resolution { lines.append("resolution: \(resolution)") }
    if let trained = loaded.metadata?.trained_on { lines.append("trained on: \(escaped(trained))") }
    lines += metadata.notes.map { "note: \(escaped($0))" }
    return lines.joined(separator: "\n") + "\n\n" + summary.table(metadata)
  }

  /// For each class the colour that its metadata gives it, or that of the palette.
  var classColours: [String] {
    let given = loaded.metadata?.class_colors ?? []
    return (loaded.metadata?.class_names ?? []).indices.map { place in
      if given.indices.contains(place) { return given[place] }
      let colour = ClassTable.color(place)
      let digits = [colour.red, colour.green, colour.blue].map { component in
        (component < 16 ? "0" : "") + String(component, radix: 16)
      }
      return "#" + digits.joined()
    }
  }
}
