/// What Esri's model definition (`.emd`) says of a model: its classes, the size of its images and how samples are scaled.
struct EsriModel {
  private let values: [String: Literal]

  /// The members of a JSON object; `nil` unless it is such a definition.
  init?(_ values: [String: Literal]) {
    guard values["InferenceFunction"] != nil || values["ModelType"] != nil || values["ModelFile"] != nil,
      values["Classes"] != nil || values["ImageHeight"] != nil || values["ExtractBands"] != nil
    else { return nil }
    self.values = values
  }

  func metadata(_ path: String) -> (metadata: ModelMetadata, notes: [String]) {
    var result = ModelMetadata()
    var notes: [String] = []
    let origin = MetadataOrigin.file(path)
    result.type = values["ModelType"]?.string.map { Declared($0, origin) }
    result.name = values["ModelName"]?.string.map { Declared($0, origin) }
    if let classes = values["Classes"], classes != .null, classes.elements?.isEmpty != true {
      result.classes = ClassNames(classes).map { Declared(DeclaredClasses($0), origin) }
      if result.classes == nil { notes.append("Classes are not names of classes, passed over") }
    }
    if let height = values["ImageHeight"]?.whole, height == values["ImageWidth"]?.whole,
      (1...Limits.imageSide).contains(height)
    {
      result.tileSize = Declared(height, origin)
    }
    if let statistics = values["NormalizationStats"], statistics != .null {
      result.scaling = scaling(statistics).map { Declared($0, origin) }
      if result.scaling == nil { notes.append("NormalizationStats are not followed, passed over") }
    }
    return (result, notes)
  }

  /// Samples are moved to 0...1 by the smallest and largest of each band, then standardised.
  private func scaling(_ statistics: Literal) -> SampleScaling? {
    func list(_ key: String) -> [Double]? {
      let numbers = statistics[key]?.elements?.map { $0.number ?? .nan } ?? []
      return numbers.isEmpty || !numbers.allSatisfy(\.isFinite) ? nil : numbers
    }
    guard let low = list("band_min_values"), let high = list("band_max_values"), let mean = list("scaled_mean_values"),
      let deviation = list("scaled_std_values"), Set([low.count, high.count, mean.count, deviation.count]).count == 1
    else { return nil }
    let ranges = zip(low, high).map { $1 - $0 }
    let deviations = zip(ranges, deviation).map { Float($0 * $1) }
    guard deviations.allSatisfy(\.isNormal) else { return nil }
    return SampleScaling(
      scale: [1], mean: low.indices.map { Float(low[$0] + mean[$0] * ranges[$0]) }, deviation: deviations)
  }
}
