import Graphs
import ModelFiles
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
  /// The classes of the first output, where it is one of scores.
  let classes: SceneClasses?
  /// Of the optimised graph, at `measuredSize`.
  let multiplyAdds: Int
  let measuredSize: String

  init(_ loaded: LoadedModel) {
    let graph = loaded.optimised
    let network = try? SceneNetwork(
      graph, SceneForm.Wish(prefersChannelsLast: loaded.imported.metadata.prefersChannelsLast))
    var loaded = loaded
    if let form = network?.form { loaded.imported.declare(form) }
    self.loaded = loaded
    summary = ModelSummary(loaded.imported)
    let output = loaded.imported.outputNames.firstIndex { $0 == graph.outputs.first?.name } ?? 0
    classes = try? network.flatMap { try SceneClasses($0, output: output, of: loaded) }
    self.network = network
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
    if let size = network?.form.bakedSize {
      lines.append("image size: \(size.text("the input"))")
    }
    if let fit, fit.factor != 1 { lines.append("output size: a score for \(fit.factor) pixels") }
    if let fit, fit.border != 0 { lines.append("output size: lacks a border of \(fit.border) pixels") }
    for policy in summary.policies {
      let some = policy.layers.prefix(3).map(escaped).joined(separator: ", ")
      lines.append(
        "dtype policy: \(escaped(policy.name)) of \(policy.layers.count) layers (\(some)\(policy.layers.count > 3 ? ", ..." : ""))"
      )
    }
    if let output = loaded.outputUsed { lines.append("output used: \(escaped(output))") }
    if let table = classTable, let origin = classes?.names?.origin {
      let named = table.map { "\(escaped($0.name)) \($0.color)" }.joined(separator: ", ")
      let misfit = classes?.declaredTable == nil ? "; they do not fit to \(classes?.decision.scores ?? 0) scores" : ""
      lines.append("classes: \(named)\(misfit) (\(escaped("\(origin)")))")
    }
    if let text = classes?.text { lines.append("class of a pixel: \(escaped(text))") }
    lines.append("input scaling: \(escaped(loaded.scalingRule.text))")
    if let metadata = loaded.metadata { lines += declared(metadata) }
    lines += metadata.notes.map { "note: \(escaped($0))" }
    return lines.joined(separator: "\n") + "\n\n" + summary.table(metadata)
  }

  /// What the metadata say of the images that the model was made for.
  private func declared(_ metadata: ModelMetadata) -> [String] {
    var lines: [String] = []
    if let resolution = metadata.resolution {
      lines.append("resolution: \(resolution.value) m per pixel (\(escaped("\(resolution.origin)")))")
    }
    if let size = metadata.tileSize {
      let overlap = metadata.tileOverlap.map { ", overlapping by \($0.value) %" } ?? ""
      lines.append("tile size: \(size.value)\(overlap) (\(escaped("\(size.origin)")))")
    }
    if let small = metadata.smallSegment {
      lines.append("not applied: seg_small_segment \(small.value) (\(escaped("\(small.origin)")))")
    }
    if let trained = metadata.trainedOn { lines.append("trained on: \(escaped(trained.value))") }
    return lines
  }

  /// Names and colours of the classes that a mask has; names that do not fit to the scores, as they are. `nil` without names.
  var classTable: [(name: String, color: String)]? {
    if let table = classes?.declaredTable { return table.entries.map { ($0.name, $0.color.hexadecimal) } }
    let names = classes?.names?.value ?? loaded.metadata?.classes?.value.names(output: 0)
    return names?.classes.enumerated().map { place, named in
      (named.name, named.color?.hexadecimal ?? ClassTable.color(place).hexadecimal)
    }
  }
}
