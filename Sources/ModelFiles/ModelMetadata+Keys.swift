import Diagnostics

/// Metadata, and what a user should know of how they were read.
package struct MetadataReading: Sendable {
  package var metadata = ModelMetadata()
  package var notes: [String] = []
}

/// Reads the keys of Deepness and GeoDeep, and our own.
struct MetadataKeys {
  /// Keys that nothing but metadata of a model has.
  static let distinctive: Set = [
    "class_names", "class_colors", "tile_size", "tiles_size", "tiles_overlap", "standardization_mean",
    "standardization_std", "seg_thresh", "seg_small_segment", "reg_output_scaling", "det_conf", "det_iou_thresh",
    "det_type", "det_remove_overlap", "trained_on",
  ]

  let origin: MetadataOrigin
  /// Metres of the unit in which resolutions are given.
  let metresPerUnit: Double
  /// Where true, a value that cannot be read is an error, else a note.
  let isStrict: Bool
  let values: [String: Literal]
  private(set) var notes: [String] = []

  init(_ values: [String: Literal], from origin: MetadataOrigin, metresPerUnit: Double, isStrict: Bool) {
    (self.values, self.origin, self.metresPerUnit, self.isStrict) = (values, origin, metresPerUnit, isStrict)
  }

  /// All that is declared. Errors: `malformed`, naming file and key.
  mutating func read() throws(ImportError) -> ModelMetadata {
    var result = ModelMetadata()
    result.name = try declared("name", expecting: "a text") { $0.string }
    result.type = try declared("model_type", expecting: "a text") { $0.string }
    result.classes = try classes()
    let metres = metresPerUnit
    result.resolution = try declared("resolution", expecting: "a length above 0") { value in
      value.number.flatMap { $0.isFinite && $0 > 0 ? $0 * metres : nil }
    }
    result.tileSize = try declared("tile_size", "tiles_size", expecting: "a number of pixels") { $0.side }
    result.tileOverlap = try declared("tiles_overlap", expecting: "a percentage below 100") { value in
      value.number.flatMap { $0 >= 0 && $0 < 100 ? $0 : nil }
    }
    result.threshold = try declared("seg_thresh", expecting: "a probability") { value in
      value.float.flatMap { (0...1).contains($0) ? $0 : nil }
    }
    result.smallSegment = try declared("seg_small_segment", expecting: "a whole number") { value in
      value.whole.flatMap { $0 >= 0 ? $0 : nil }
    }
    result.trainedOn = try declared("trained_on", expecting: "a text") { $0.string }
    let scaling = SampleScaling(
      scale: try declared("scale", expecting: "a number, or one per channel") { $0.floats }?.value,
      mean: try declared("standardization_mean", expecting: "a number per channel") { $0.floats }?.value,
      deviation: try declared("standardization_std", expecting: "a number per channel") { $0.floats }?.value)
    if scaling != SampleScaling() { result.scaling = Declared(scaling, origin) }
    return result
  }

  /// The value of the first key that is there.
  private mutating func declared<Value>(
    _ keys: String..., expecting expected: String, _ convert: (Literal) -> Value?
  ) throws(ImportError) -> Declared<Value>? {
    guard let key = keys.first(where: { values[$0].map { $0 != .null } ?? false }), let literal = values[key] else {
      return nil
    }
    if let value = convert(literal) { return Declared(value, origin) }
    try passOver("\(key): \(shortened(literal)) is not \(expected)")
    return nil
  }

  private mutating func classes() throws(ImportError) -> Declared<DeclaredClasses>? {
    for key in ["class_names", "names", "classes"] {
      guard let literal = values[key], literal != .null, literal.elements?.isEmpty != true,
        literal.members?.isEmpty != true
      else { continue }
      // How many there are is no news.
      if key == "classes", literal.number != nil { continue }
      guard var classes = DeclaredClasses(literal) else {
        try passOver("\(key): \(shortened(literal)) are not names of classes")
        continue
      }
      if let colors = values["class_colors"], colors != .null, !classes.add(colors: colors) {
        try passOver("class_colors: \(shortened(colors)) are not colours of the form #rrggbb for the class names")
      }
      return Declared(classes, origin)
    }
    return nil
  }

  private mutating func passOver(_ what: String) throws(ImportError) {
    if isStrict, case .file(let path) = origin { throw ImportError(.malformed, path, what) }
    notes.append("\(origin): \(what), passed over")
  }

  private func shortened(_ literal: Literal) -> String {
    let text = literal.json
    return printable(text.count > 60 ? text.prefix(60) + "..." : text)
  }
}

extension Literal {
  /// One or several finite numbers.
  fileprivate var floats: [Float]? {
    if let one = float { return [one] }
    guard let elements, !elements.isEmpty else { return nil }
    let numbers = elements.compactMap(\.float)
    return numbers.count == elements.count ? numbers : nil
  }

  /// A number of pixels, or twice the same.
  fileprivate var side: Int? {
    let sides = elements.map { Set($0.map(\.whole)) } ?? [whole]
    guard sides.count == 1, let side = sides.first ?? nil, (1...Limits.imageSide).contains(side) else { return nil }
    return side
  }
}
