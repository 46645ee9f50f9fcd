import Diagnostics
import Graphs
import ModelFiles
import Ops
import Passes
import Tensors

extension NetworkDescription {
  /// One JSON object with all of it; what is not known is `null`.
  public var json: String {
    let metadata = imported.description
    let (table, declared) = (classTable, self.metadata)
    let measured = imported.measuredTypes
    return jsonObject([
      ("file", jsonQuoted(file)), ("kind", jsonQuoted(metadata.kind.rawValue)),
      ("name", jsonOptional(metadata.name)), ("keras_version", jsonOptional(metadata.kerasVersion)),
      ("inputs", jsonList(imported.inputs, value)), ("outputs", jsonList(imported.outputs, value)),
      ("layer_count", "\(layers.leafCount)"), ("operator_count", "\(operatorCount)"),
      ("parameters", "\(layers.parameters)"), ("trainable_parameters", "\(layers.trainable)"),
      ("weight_bytes", "\(layers.byteCount)"), ("weights_file", jsonQuoted(metadata.weightsFile)),
      ("optimizer_variables", "\(metadata.optimizerCount)"),
      ("multiply_adds", layers.multiplyAdds.map(String.init) ?? "null"),
      ("gmac", jsonNumber(Double(multiplyAdds) / 1e9)),
      ("measured_inputs", jsonList(measured.keys.sorted()) { value(($0, measured[$0] ?? TensorType(.float32, []))) }),
      ("exact", "\(geometry.isLocal)"), ("blockers", jsonList(geometry.blockers) { jsonQuoted($0.description) }),
      ("rows", axis(geometry.rows, fit?.factor.height, fit?.border.height)),
      ("columns", axis(geometry.columns, fit?.factor.width, fit?.border.width)),
      ("input_axes", axes(scene?.form.input, scene?.form.otherInputs)),
      ("output_axes", axes(scene?.form.output, scene?.form.otherOutputs)),
      ("decides_classes", "\(scene?.numbers != nil)"),
      ("notes", jsonList(metadata.notes, jsonQuoted)), ("output_used", jsonOptional(imported.outputNames.first)),
      ("classes", table.map { jsonList($0.map(\.name), jsonQuoted) } ?? "null"),
      ("class_colors", table.map { jsonList($0.map(\.color), jsonQuoted) } ?? "null"),
      ("background", background), ("threshold", classes?.decision.threshold.map { "\($0)" } ?? "null"),
      ("resolution", declared?.resolution.map { jsonNumber($0.value) } ?? "null"),
      ("tile_size", declared?.tileSize.map { "\($0.value)" } ?? "null"),
      ("tile_overlap", declared?.tileOverlap.map { jsonNumber($0.value) } ?? "null"), ("metadata_from", origins),
      ("input_scaling", scalingRule.json), ("layers", jsonList(layers.rows, layer)),
    ])
  }

  /// A single score is always one of class 1.
  private var background: String {
    guard let decision = classes?.decision, decision.scores > 1 else { return "null" }
    return jsonQuoted(decision.background == .first ? "0" : "none")
  }

  private var origins: String {
    let origins: [(String, MetadataOrigin?)] = [
      ("classes", metadata?.classes?.origin), ("threshold", metadata?.threshold?.origin),
      ("resolution", metadata?.resolution?.origin), ("tile_size", metadata?.tileSize?.origin),
      ("scaling", metadata?.scaling?.origin),
    ]
    return jsonObject(origins.map { ($0, jsonOptional($1.map { "\($0)" })) })
  }

  private func value(_ value: (name: String, type: TensorType)) -> String {
    jsonObject([
      ("name", jsonQuoted(value.name)), ("type", jsonQuoted(value.type.dataType.rawValue)),
      ("shape", dims(value.type.dims)),
    ])
  }

  private func dims(_ dims: [Int?]) -> String { jsonList(dims) { $0.map(String.init) ?? "null" } }

  private func axis(_ axis: SceneGeometry.Axis, _ factor: Int?, _ border: Int?) -> String {
    jsonObject([
      ("halo_before", "\(axis.haloBefore)"), ("halo_after", "\(axis.haloAfter)"), ("modulus", "\(axis.modulus)"),
      ("stride", "\(axis.stride)"), ("pixels_per_score", factor.map(String.init) ?? "null"),
      ("border", border.map(String.init) ?? "null"),
    ])
  }

  private func axes(_ taken: ImageLayout?, _ others: [ImageLayout]?) -> String {
    func letters(_ layout: ImageLayout) -> String { jsonList(layout.axes) { jsonQuoted($0.rawValue) } }
    guard let taken else { return "null" }
    return jsonObject([("taken", letters(taken)), ("others", jsonList(others ?? [], letters))])
  }

  private func layer(_ row: ModelSummary.Row) -> String {
    let layer = row.layer
    let batch = imported.description.batch
    return jsonObject([
      ("name", jsonQuoted(layer.name)), ("path", jsonQuoted(layer.path)), ("class", jsonQuoted(layer.className)),
      ("computes", jsonOptional(layer.computes)),
      ("depth", "\(layer.depth)"), ("is_model", "\(layer.isModel)"), ("trainable", "\(layer.isTrainable)"),
      ("dtype_policy", jsonQuoted(layer.dtypePolicy)),
      ("output_shapes", jsonList(row.types) { dims([batch] + $0.dims.dropFirst()) }),
      ("parameters", "\(row.parameters)"), ("trainable_parameters", "\(row.trainable)"),
      ("multiply_adds", row.multiplyAdds.map(String.init) ?? "null"), ("inputs", jsonList(row.sources, jsonQuoted)),
      ("shared_with", jsonOptional(row.sharedWith)), ("weights", jsonList(layer.variables, variable)),
    ])
  }

  private func variable(_ variable: ModelLayer.Variable) -> String {
    jsonObject([
      ("name", jsonQuoted(variable.name)), ("dataset", jsonQuoted(variable.dataset)),
      ("shape", jsonList(variable.shape, String.init)), ("type", jsonQuoted(variable.type)),
      ("parameters", "\(variable.count)"), ("trainable", "\(variable.isTrainable)"),
    ])
  }
}
