import Diagnostics
package import Tensors

/// What one output's comparison says.
package struct OutputComparison {
  package let file: String
  package let name: String
  package let passed: Bool
  private let detail: String
  private let comparison: Comparison?

  package init(file: String, name: String, result: Tensor, expected: Tensor, rtol: Float, atol: Float) {
    (self.file, self.name) = (file, name)
    guard result.type == expected.type, let result = result.asFloats, let expected = expected.asFloats else {
      comparison = nil
      passed = result == expected
      detail = passed ? "equal" : "got \(result.type), expected \(expected.type)"
      return
    }
    if !result.floats.areFinite, result == expected {
      (comparison, passed, detail) = (nil, true, "equal")
      return
    }
    let scale = expected.floats.reduce(Float(0)) { $1.isFinite ? max($0, abs($1)) : $0 }
    let c = Comparison(result, against: expected, rtol: 0, atol: atol + rtol * scale)
    comparison = c
    passed = c.beyond == 0 && c.classFlips == 0
    detail =
      "max \(c.maximum) mean \(Float(c.mean)) p99.9 \(c.percentile999) of largest \(c.referenceMaximum), worst at \(c.worstIndex), "
      + "\(c.beyond) of \(c.count) beyond tolerance, \(c.classFlips) class flips"
  }

  package var text: String { "\(passed ? "ok" : "DIFFERS") \(escaped(file)) \(escaped(name)): \(detail)" }

  package var json: String {
    let head = [("file", jsonQuoted(file)), ("output", jsonQuoted(name)), ("passed", "\(passed)")]
    guard let c = comparison else { return jsonObject(head + [("detail", jsonQuoted(detail))]) }
    return jsonObject(
      head + [
        ("max", jsonNumber(Double(c.maximum))), ("mean", jsonNumber(c.mean)),
        ("p99.9", jsonNumber(Double(c.percentile999))), ("worst", "\(c.worstIndex)"), ("beyond", "\(c.beyond)"),
        ("count", "\(c.count)"), ("class_flips", "\(c.classFlips)"),
      ])
  }
}

extension Tensor {
  /// A tensor of floats in single precision; nil for one of integers or bools.
  fileprivate var asFloats: Tensor? {
    switch elements {
    case .float32: self
    case .float64(let values): Tensor(shape, values.map { Float($0) })
    default: nil
    }
  }
}
