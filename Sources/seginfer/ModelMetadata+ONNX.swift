import FoundationEssentials

extension ModelMetadata {
  /// The keys and values that an ONNX file carries, those of Deepness and GeoDeep first. Values are JSON.
  func properties() throws(Failure) -> [(key: String, value: String)] {
    var result: [(key: String, value: String)] = [("model_type", jsonQuoted("Segmentor"))]
    func add(_ key: String, _ value: String?) { if let value { result.append((key, value)) } }
    func list(_ values: [Float]?) -> String? {
      values.map { "[" + $0.map { jsonNumber(Double($0)) }.joined(separator: ", ") + "]" }
    }
    add(
      "class_names",
      class_names.map { names in
        "{" + names.enumerated().map { "\"\($0)\": \(jsonQuoted($1))" }.joined(separator: ", ") + "}"
      })
    // Deepness counts in centimetres.
    add("resolution", resolution.map { jsonNumber($0 * 100) })
    add("tile_size", tile_size.map { "\($0)" })
    add("standardization_mean", list(standardization_mean))
    add("standardization_std", list(standardization_std))
    add("class_colors", class_colors.map { "[" + $0.map(jsonQuoted).joined(separator: ", ") + "]" })
    add("scale", list(scale?.values))
    add("name", name.map(jsonQuoted))
    add("trained_on", trained_on.map(jsonQuoted))
    return result
  }
}
