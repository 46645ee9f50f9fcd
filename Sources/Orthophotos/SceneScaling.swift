import Passes
import Rasters
import Segmentation

extension InputScaling {
  /// What happens to samples and who says so, for the log; `types` are those of the bands.
  func text(_ types: [PixelType]) -> String {
    let rules = types.map { type in
      type.maximum.map { "divided by \(Int($0)), the largest \(type.rawValue)" } ?? "as they are, \(type.rawValue)"
    }
    let isOne = rules.allSatisfy { $0 == rules[0] }
    let division =
      isOne ? rules[0] : zip(1..., rules).map { "\($1) (channel \($0))" }.joined(separator: ", ")
    switch rule {
    case .given: return "as given"
    case .metadata: return "as the model's metadata says"
    case .model(let unit):
      return (unit.kind == .unitInterval ? division : "as they are") + ": the model \(unit.evidence)"
    case .type: return "\(division): neither the model nor its metadata says otherwise"
    }
  }
}
