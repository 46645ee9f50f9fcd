import FoundationEssentials

extension ModelMetadata {
  /// The keys and values that an ONNX file carries, those of Deepness and GeoDeep first. Values are JSON.
  func properties() -> [(key: String, value: String)] {
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

  /// What the writer of an ONNX file put into it, each value as JSON: Deepness' keys. Nil where there is none of them.
  init?(properties: [String: String]) {
    func value<T: Decodable>(_ key: String, _ type: T.Type) -> T? {
      properties[key].flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
    }
    class_names = value("class_names", [String].self)
    // Deepness numbers them: {"0": "background", ...}.
    if let numbered = value("class_names", [String: String].self) {
      let names = (0..<numbered.count).compactMap { numbered[String($0)] }
      if names.count == numbered.count { class_names = names }
    }
    class_colors = value("class_colors", [String].self)
    // Deepness counts in centimetres.
    resolution = value("resolution", Double.self).map { $0 / 100 }
    tile_size = value("tile_size", Int.self)
    scale = value("scale", FloatOrList.self)
    standardization_mean = value("standardization_mean", [Float].self)
    standardization_std = value("standardization_std", [Float].self)
    name = value("name", String.self)
    trained_on = value("trained_on", String.self)
    let isEmpty = class_names == nil && resolution == nil && tile_size == nil && scale == nil
    if isEmpty && standardization_mean == nil && standardization_std == nil { return nil }
  }
}
