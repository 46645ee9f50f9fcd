import Diagnostics
package import ModelFiles
package import Passes
package import Segmentation

extension ScalingRule {
  /// The rule without a scene, for a description.
  package func text(_ wording: Wording) -> String {
    func list(_ values: [Float]) -> String { values.map(\.description).joined(separator: " ") }
    switch self {
    case .given(let numbers), .metadata(let numbers):
      let parts = [
        numbers.scale.map { "times \(list($0))" }
          ?? (numbers.areOfSamples ? "as they are" : "divided by the largest value of their type"),
        numbers.mean.map { "minus \(list($0))" }, numbers.deviation.map { "divided by \(list($0))" },
      ]
      return "samples " + parts.compactMap { $0 }.joined(separator: ", ") + ", as the metadata says"
    case .model(let unit):
      return (unit.kind == .samples ? "samples as they are" : ScalingRule.byType)
        + ": the model \(unit.evidence)" + (doubt.map { "; \($0.doubtText(wording))" } ?? "")
    case .type(let unit):
      return "\(ScalingRule.byType): nothing says otherwise" + (unit.takesImage ? "; \(unit.doubtText(wording))" : "")
    }
  }

  private static let byType = "integers divided by the largest value of their type, floats as they are"

  /// The member `input_scaling` of a description's JSON.
  package var json: String {
    var (numbers, unit): (ScalingNumbers, InputUnit?) = (ScalingNumbers(), nil)
    let source: String
    switch self {
    case .given(let own): (source, numbers) = ("given", own)
    case .metadata(let own): (source, numbers) = ("metadata", own)
    case .model(let own): (source, unit) = ("model", own)
    case .type(let own): (source, unit) = ("type", own)
    }
    func list(_ values: [Float]?) -> String { values.map { jsonList($0) { jsonNumber(Double($0)) } } ?? "null" }
    let kinds: [InputUnit.Kind: String] = [.samples: "samples", .unitInterval: "0..1"]
    return jsonObject([
      ("source", jsonQuoted(source)), ("layer", jsonOptional(unit?.node)), ("scale", list(numbers.scale)),
      ("mean", list(numbers.mean)), ("std", list(numbers.deviation)),
      ("unit", jsonOptional(unit.flatMap { kinds[$0.kind] })), ("evidence", jsonOptional(unit?.evidence)),
      ("doubtful", "\(doubt != nil)"),
    ])
  }
}

extension InputUnit {
  /// What may be wrong, and what mends it.
  package func doubtText(_ wording: Wording) -> String {
    let unknown = "whether the model was trained on samples as they are or on 0 ... 1 is not known"
    let isSentence = ["it ", "nothing "].contains { evidence.hasPrefix($0) }
    let reason =
      kind == .unsure ? (isSentence ? "" : "it ") + evidence : "such a mean and deviation are applied to either"
    return "\(unknown), since \(reason); if on samples as they are, \(wording.scale)"
  }
}

extension ModelMetadata {
  /// The numbers that it has for samples.
  package var scalingNumbers: ScalingNumbers? {
    (scaling?.value).map { ScalingNumbers(scale: $0.scale, mean: $0.mean, deviation: $0.deviation) }
  }
}
