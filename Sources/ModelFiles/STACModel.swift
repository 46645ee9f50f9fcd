import Diagnostics

/// What an item of STAC's machine-learning model extension (`mlm:`, version 1) says of a model: its name, its classes and how samples are
/// scaled.
struct STACModel {
  private let properties: Literal

  /// The members of a JSON object; `nil` unless it is such an item, or the properties of one.
  init?(_ values: [String: Literal]) {
    let all = Literal.dictionary(values.map { Literal.Member(key: .string($0.key), value: $0.value) })
    let inside = values["properties"] ?? all
    guard let properties = [inside, all].first(where: { $0["mlm:input"] != nil || $0["mlm:output"] != nil }) else {
      return nil
    }
    self.properties = properties
  }

  func metadata(_ path: String) -> (metadata: ModelMetadata, notes: [String]) {
    var result = ModelMetadata()
    var notes: [String] = []
    let origin = MetadataOrigin.file(path)
    result.name = properties["mlm:name"]?.string.map { Declared($0, origin) }
    let outputs = (properties["mlm:output"]?.elements ?? []).map { $0["classification:classes"] }
    if let first = outputs.first ?? nil {
      // Without classes for every output, the first is the one that has them.
      let names = outputs.compactMap { $0.flatMap { ClassNames($0) } }
      if names.count == outputs.count, !names.isEmpty {
        result.classes = Declared(
          names.count == 1 ? DeclaredClasses(names[0]) : DeclaredClasses(perOutput: names), origin)
      } else if let names = ClassNames(first) {
        result.classes = Declared(DeclaredClasses(perOutput: [names]), origin)
      } else {
        notes.append("classification:classes are not names of classes, passed over")
      }
    }
    if let input = properties["mlm:input"]?.elements?.first {
      switch scaling(of: input) {
      case .success(let scaling): result.scaling = scaling.map { Declared($0, origin) }
      case .failure(let what): notes.append("mlm:input: \(what.kind) is not followed, passed over")
      }
      result.tileSize = side(of: input).map { Declared($0, origin) }
    }
    return (result, notes)
  }

  private struct OtherScaling: Error { var kind: String }

  /// Of the samples as a raster has them.
  private func scaling(of input: Literal) -> Result<SampleScaling?, OtherScaling> {
    if let function = input["pre_processing_function"], function != .null {
      return .failure(OtherScaling(kind: "pre_processing_function"))
    }
    let parts: [Literal]
    if let scalings = input["value_scaling"]?.elements, !scalings.isEmpty {
      parts = scalings
    } else if let kind = input["norm_type"], kind != .null, let statistics = input["statistics"]?.elements {
      // Of versions up to 1.2: one kind, and numbers per band.
      parts = statistics.map { .dictionary(($0.members ?? []) + [Literal.Member(key: .string("type"), value: kind)]) }
    } else {
      return .success(nil)
    }
    var (means, deviations): ([Float], [Float]) = ([], [])
    for part in parts {
      guard let (mean, deviation) = affine(part), deviation != 0 else {
        return .failure(OtherScaling(kind: "scaling of type \(printable(part["type"]?.json ?? "null"))"))
      }
      means.append(mean)
      deviations.append(deviation)
    }
    return .success(SampleScaling(scale: [1], mean: means, deviation: deviations))
  }

  /// What is subtracted, and what the result is divided by.
  private func affine(_ part: Literal) -> (Float, Float)? {
    func value(_ key: String) -> Float? { part[key]?.float }
    switch part["type"]?.string ?? "null" {
    case "z-score": return value("mean").flatMap { mean in value("stddev").map { (mean, $0) } }
    case "min-max":
      return value("minimum").flatMap { minimum in value("maximum").map { (minimum, $0 - minimum) } }
    case "offset": return value("value").map { ($0, 1) }
    case "scale": return value("value").map { (0, $0) }
    case "null": return (0, 1)
    default: return nil
    }
  }

  /// The side of the square images that the input takes.
  private func side(of input: Literal) -> Int? {
    let shape = (input["input"]?["shape"]?.elements ?? []).map { $0.whole ?? -1 }
    let order = (input["input"]?["dim_order"]?.elements ?? []).map { $0.string ?? "" }
    guard shape.count == order.count, let row = order.firstIndex(of: "height"),
      let column = order.firstIndex(of: "width"),
      shape[row] == shape[column], (1...Limits.imageSide).contains(shape[row])
    else { return nil }
    return shape[row]
  }
}
