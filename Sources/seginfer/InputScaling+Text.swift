import Diagnostics
import ModelFiles
import Passes
import Rasters
import Segmentation

extension InputScaling {
  /// The scaling for a scene, by the options, the model's metadata, the model and the sample types, in this order.
  init(_ options: Segment, _ metadata: ModelMetadata?, _ unit: InputUnit, largest: [Float?]) throws(Failure) {
    let given = ScalingNumbers(
      scale: options.scale?.values, mean: options.mean?.values, deviation: options.std?.values)
    let rule = ScalingRule(given: given, metadata: metadata?.scalingNumbers, unit: unit)
    do { self = try InputScaling(rule, largest: largest) } catch {
      var names: [ScalingNumbers.Name: String] = [.scale: "--scale", .mean: "--mean", .deviation: "--std"]
      if case .metadata = rule {
        names = [.scale: "scale", .mean: "standardization_mean", .deviation: "standardization_std"].mapValues {
          "the model's metadata: \($0)"
        }
      }
      throw Failure(error, at: names[error.site])
    }
  }

  /// What happens to samples and who says so, for the log; `types` are those of the bands.
  func text(_ types: [PixelType]) -> String {
    let rules = types.map { type in
      type.maximum.map { "divided by \(Int($0)), the largest \(type.rawValue)" } ?? "as they are, \(type.rawValue)"
    }
    let isOne = rules.allSatisfy { $0 == rules[0] }
    let division =
      isOne ? rules[0] : zip(1..., rules).map { "\($1) (channel \($0))" }.joined(separator: ", ")
    switch rule {
    case .given: return "as given by --scale, --mean and --std"
    case .metadata: return "as the model's metadata says"
    case .model(let unit):
      return (unit.kind == .unitInterval ? division : "as they are") + ": the model \(unit.evidence)"
    case .type: return "\(division): neither the model nor its metadata says otherwise"
    }
  }
}

extension ScalingRule {
  /// The warning of a run, which names what to do about it.
  var warning: String? {
    doubt.map { "warning: samples: \($0.doubt)" }
  }

  /// The rule without a scene, for `info`.
  var text: String {
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
        + ": the model \(unit.evidence)" + (doubt.map { "; \($0.doubt)" } ?? "")
    case .type(let unit):
      return "\(ScalingRule.byType): nothing says otherwise" + (unit.takesImage ? "; \(unit.doubt)" : "")
    }
  }

  private static let byType = "integers divided by the largest value of their type, floats as they are"

  /// The member `input_scaling` of `info --json`.
  var json: String {
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
  /// What may be wrong, and the option that mends it.
  fileprivate var doubt: String {
    let unknown = "whether the model was trained on samples as they are or on 0 ... 1 is not known"
    let isSentence = ["it ", "nothing "].contains { evidence.hasPrefix($0) }
    let reason =
      kind == .unsure ? (isSentence ? "" : "it ") + evidence : "such a mean and deviation are applied to either"
    return "\(unknown), since \(reason); if on samples as they are, give --scale 1"
  }
}

extension ModelMetadata {
  /// The numbers that it has for samples.
  var scalingNumbers: ScalingNumbers? {
    (scaling?.value).map { ScalingNumbers(scale: $0.scale, mean: $0.mean, deviation: $0.deviation) }
  }
}
