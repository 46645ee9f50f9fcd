import Graphs
import ModelFiles
import Ops
import Passes
import Scenes
import Segmentation
import Tensors

extension NetworkDescription {
  private var exactness: String {
    guard geometry.isLocal else { return "no: " + geometry.blockers.map(\.description).joined(separator: "; ") }
    let (r, c) = (geometry.rows, geometry.columns)
    return
      "yes: halo \(r.haloBefore)+\(r.haloAfter) rows, \(c.haloBefore)+\(c.haloAfter) columns; modulus \(r.modulus)x\(c.modulus), stride \(r.stride)x\(c.stride)"
  }

  /// What the layers cost as the file has them, where the optimiser changes that.
  private var asWritten: String {
    guard let written = layers.multiplyAdds, written != multiplyAdds else { return "" }
    return ", \(multiplyAddText(written)) before optimisation"
  }

  private func values(_ list: [(name: String, type: TensorType)]) -> String {
    list.map { "\(escaped($0.name)) \($0.type)" }.joined(separator: ", ")
  }

  /// What the network is, for people: facts, a line each, and a table of its layers.
  public func summary() -> String { summary(Wording()) }

  /// `wording` says how what is open can be decided.
  package func summary(_ wording: Wording) -> String {
    let metadata = imported.description
    var lines = [
      "model: \(escaped(file)), \(metadata.kind.rawValue)"
        + (metadata.version.map { ", \(escaped($0))" } ?? ""),
      "inputs: \(values(imported.inputs))", "outputs: \(values(imported.outputs))",
      "layers: \(layers.leafCount), \(operatorCount) after optimisation",
      "parameters: \(thousands(layers.parameters))",
      "multiply-adds: \(multiplyAddText(multiplyAdds)) at \(measuredSize)\(asWritten)", "exact tiles: \(exactness)",
    ]
    lines += axes(wording)
    if let size = scene?.form.bakedSize {
      lines.append("image size: \(imageSize(size, wording))")
    }
    if let fit, fit.factor != 1 { lines.append("output size: a score for \(fit.factor) pixels") }
    if let fit, fit.border != 0 { lines.append("output size: lacks a border of \(fit.border) pixels") }
    for policy in layers.policies {
      let some = policy.layers.prefix(3).map(escaped).joined(separator: ", ")
      lines.append(
        "dtype policy: \(escaped(policy.name)) of \(policy.layers.count) layers (\(some)\(policy.layers.count > 3 ? ", ..." : ""))"
      )
    }
    if !otherOutputs.isEmpty {
      lines.append("output used: \(escaped(wording.output(imported.outputNames[0], others: otherOutputs)))")
    }
    if let table = classTable, let origin = classes?.names?.origin {
      let named = table.map { "\(escaped($0.name)) \($0.color)" }.joined(separator: ", ")
      let misfit = classes?.declaredTable == nil ? "; they do not fit to \(classes?.decision.scores ?? 0) scores" : ""
      lines.append("classes: \(named)\(misfit) (\(escaped("\(origin)")))")
    }
    if let text = classes?.text { lines.append("class of a pixel: \(escaped(text))") }
    lines.append("input scaling: \(escaped(scalingRule.text(wording)))")
    if let metadata = self.metadata { lines += declared(metadata) }
    lines += metadata.notes.map { "note: \(escaped($0))" }
    return lines.joined(separator: "\n") + "\n\n" + layers.table(metadata)
  }

  private func axes(_ wording: Wording) -> [String] {
    guard let form = scene?.form else { return [] }
    let others = (form.otherInputs.map(\.description), form.otherOutputs.map(\.description))
    return [
      wording.inputAxes(form.input.description, others: others.0),
      wording.outputAxes(form.output.description, others: others.1),
    ]
  }

  private func imageSize(_ baked: BakedSize, _ wording: Wording) -> String {
    wording.imageSize(PixelSize(baked.size), others: baked.others.map { PixelSize($0) }, of: "the input")
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
}
