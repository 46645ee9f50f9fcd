import Diagnostics
import Graphs
import ModelFiles
import Ops
import Passes
import Tensors

extension ModelReport {
  /// The keys of the JSON output, for the help.
  static let jsonDescription = """
    --json prints one object. Every key is always there; what is not known
    is null, as are open sizes in shapes.
      file, kind, name, keras_version, weights_file, notes
      inputs, outputs: name, type, shape
      layers, as the file has them, those of a nested model after it:
        name, path, class, computes (a function or a substitute, where
        the class does not say it), depth, is_model, trainable, dtype_policy,
        output_shapes (each that occurs), parameters, trainable_parameters,
        multiply_adds (all calls), inputs (the layers that it reads),
        shared_with (an earlier layer with the same weights), weights:
          name, dataset, shape, type, parameters, trainable
      layer_count, operator_count (after optimisation)
      parameters, trainable_parameters, weight_bytes, optimizer_variables
      multiply_adds (as the file has it), gmac (after optimisation),
      measured_inputs (the sizes that both are for)
      exact, blockers (why not),
      rows, columns: halo_before, halo_after, modulus, stride,
        pixels_per_score, border (the pixels that the output lacks)
      input_axes, output_axes: taken (N, C, H, W in the file's order, HW
        for pixels as one axis), others (that the sizes allow as well)
      decides_classes (true where the output has class numbers)
      output_used (of several, the first), classes, class_colors,
      background (0: that of the first score, none: of no score),
      threshold (the probability that a score needs), resolution (metres),
      tile_size, tile_overlap (%), metadata_from: for each of classes,
        threshold, resolution, tile_size and scaling, who declares it
      input_scaling: source (metadata, model, type), layer, scale, mean, std,
        unit (samples, 0..1), evidence (what the model does to samples),
        doubtful (whether --scale should be given)
    """

  var json: String {
    let imported = loaded.imported
    let metadata = imported.metadata
    let (table, declared) = (classTable, loaded.metadata)
    let measured = imported.measuredTypes
    return jsonObject([
      ("file", jsonQuoted(loaded.file)), ("kind", jsonQuoted(metadata.kind)),
      ("name", jsonOptional(metadata.name)), ("keras_version", jsonOptional(metadata.kerasVersion)),
      ("inputs", jsonList(imported.inputs, value)), ("outputs", jsonList(imported.outputs, value)),
      ("layer_count", "\(summary.leafCount)"), ("operator_count", "\(loaded.optimised.layerCount)"),
      ("parameters", "\(summary.parameters)"), ("trainable_parameters", "\(summary.trainable)"),
      ("weight_bytes", "\(summary.byteCount)"), ("weights_file", jsonQuoted(metadata.weightsFile)),
      ("optimizer_variables", "\(metadata.optimizerCount)"),
      ("multiply_adds", summary.multiplyAdds.map(String.init) ?? "null"),
      ("gmac", jsonNumber(Double(multiplyAdds) / 1e9)),
      ("measured_inputs", jsonList(measured.keys.sorted()) { value(($0, measured[$0] ?? TensorType(.float32, []))) }),
      ("exact", "\(geometry.isLocal)"), ("blockers", jsonList(geometry.blockers) { jsonQuoted($0.description) }),
      ("rows", axis(geometry.rows, fit?.factor.height, fit?.border.height)),
      ("columns", axis(geometry.columns, fit?.factor.width, fit?.border.width)),
      ("input_axes", axes(network?.form.input, network?.form.otherInputs)),
      ("output_axes", axes(network?.form.output, network?.form.otherOutputs)),
      ("decides_classes", "\(network?.numbers != nil)"),
      ("notes", jsonList(metadata.notes, jsonQuoted)), ("output_used", jsonOptional(imported.outputNames.first)),
      ("classes", table.map { jsonList($0.map(\.name), jsonQuoted) } ?? "null"),
      ("class_colors", table.map { jsonList($0.map(\.color), jsonQuoted) } ?? "null"),
      ("background", background), ("threshold", classes?.decision.threshold.map { "\($0)" } ?? "null"),
      ("resolution", declared?.resolution.map { jsonNumber($0.value) } ?? "null"),
      ("tile_size", declared?.tileSize.map { "\($0.value)" } ?? "null"),
      ("tile_overlap", declared?.tileOverlap.map { jsonNumber($0.value) } ?? "null"), ("metadata_from", origins),
      ("input_scaling", loaded.scalingRule.json), ("layers", jsonList(summary.rows, layer)),
    ])
  }

  /// A single score is always one of class 1.
  private var background: String {
    guard let decision = classes?.decision, decision.scores > 1 else { return "null" }
    return jsonQuoted(decision.background == .first ? "0" : "none")
  }

  private var origins: String {
    let metadata = loaded.metadata
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
    let batch = loaded.imported.metadata.batch
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
