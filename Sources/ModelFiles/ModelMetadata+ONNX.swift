extension MetadataReading {
  /// What the writer of an ONNX file put into it: the values are JSON or Python's literals, texts also without quotes. What cannot be
  /// read is passed over with a note.
  package init(properties: [String: String]) {
    let values = properties.mapValues { text in (try? Literal(text)) ?? .string(text) }
    // Deepness counts in centimetres.
    var keys = MetadataKeys(values, from: .model, metresPerUnit: 0.01, isStrict: false)
    metadata = (try? keys.read()) ?? ModelMetadata()
    notes = keys.notes
  }
}

extension ModelMetadata {
  /// The keys and values for an ONNX file, those of Deepness and GeoDeep first. Values are JSON.
  package func properties() -> [(key: String, value: String)] {
    var result: [(key: String, value: String)] = []
    func add(_ key: String, _ value: Literal?) { if let value { result.append((key, value.json)) } }
    func add(_ key: String, _ values: [Float]?) {
      add(key, values.map { Literal.list($0.map { .number($0.shortest) }) })
    }
    add("model_type", .string(type?.value ?? "Segmentor"))
    add("class_names", classes?.value.literal)
    // Deepness counts in centimetres.
    add("resolution", resolution.map { .number($0.value * 100) })
    add("tile_size", tileSize.map { .number(Double($0.value)) })
    add("tiles_overlap", tileOverlap.map { .number($0.value) })
    add("seg_thresh", threshold.map { .number($0.value.shortest) })
    add("seg_small_segment", smallSegment.map { .number(Double($0.value)) })
    add("standardization_mean", scaling?.value.mean)
    add("standardization_std", scaling?.value.deviation)
    add("class_colors", classes?.value.colors)
    add("scale", scaling?.value.scale)
    add("name", name.map { .string($0.value) })
    add("trained_on", trainedOn.map { .string($0.value) })
    return result
  }
}

extension Float {
  /// The double that is written with the fewest digits which make this float.
  fileprivate var shortest: Double { Double(description) ?? Double(self) }
}
