import ModelFiles

/// How samples become the numbers that the network sees, as far as the model says it: the rules of `InputScaling` without options and
/// without a scene.
struct DeclaredScaling {
  enum Source: String { case metadata, model, type }

  let source: Source
  /// The layer that rescales right after the input.
  private(set) var layer: String?
  private(set) var scale: [Float]?
  private(set) var mean: [Float]?
  private(set) var deviation: [Float]?

  init(_ loaded: LoadedModel) {
    if let metadata = loaded.metadata,
      metadata.scale != nil || metadata.standardization_mean != nil || metadata.standardization_std != nil
    {
      source = .metadata
      (scale, mean) = (metadata.scale?.values, metadata.standardization_mean)
      deviation = metadata.standardization_std
    } else if let node = InputScaling.rescalingNode(loaded.optimised) {
      (source, layer) = (.model, node)
    } else {
      source = .type
    }
  }

  var text: String {
    switch source {
    case .metadata:
      let parts = [
        scale.map { "times \(list($0))" } ?? "divided by the largest value of their type",
        mean.map { "minus \(list($0))" },
        deviation.map { "divided by \(list($0))" },
      ]
      return "samples " + parts.compactMap { $0 }.joined(separator: ", ") + ", as the metadata says"
    case .model: return "samples as they are, since the model rescales them itself (\(escaped(layer ?? "")))"
    case .type:
      return "integers divided by the largest value of their type, floats as they are: nothing says otherwise"
    }
  }

  private func list(_ values: [Float]) -> String { values.map(\.description).joined(separator: " ") }

  var json: String {
    func list(_ values: [Float]?) -> String {
      values.map { "[" + $0.map { jsonNumber(Double($0)) }.joined(separator: ", ") + "]" } ?? "null"
    }
    return jsonObject([
      ("source", jsonQuoted(source.rawValue)), ("layer", layer.map(jsonQuoted) ?? "null"), ("scale", list(scale)),
      ("mean", list(mean)), ("std", list(deviation)),
    ])
  }
}
