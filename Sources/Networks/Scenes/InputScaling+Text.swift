import Passes
package import Segmentation

extension InputScaling {
  /// What happens to samples and who says so, for the log; of each channel the name of its type and the largest sample, `nil` for floats.
  package func text(_ types: [(name: String, largest: Float?)]) -> String {
    let rules = types.map { type in
      type.largest.map { "divided by \(Int($0)), the largest \(type.name)" } ?? "as they are, \(type.name)"
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

  package var isGiven: Bool { if case .given = rule { true } else { false } }
}
