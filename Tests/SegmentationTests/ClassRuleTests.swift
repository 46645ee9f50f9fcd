import Ops
import Scenes
import Tensors
import TestSupport
import Testing

/// Scores are classified by the network's last operator where they need not leave it, else row by row.
struct ClassRuleTests {
  private func classes(_ scores: [Float], _ channels: Int, _ rule: ClassRule) throws -> [UInt8] {
    let classifier = try RowClassifier(channels: channels, nodata: 255, rule: rule)
    let width = scores.count / channels
    var statistics = ClassStatistics(classes: classifier.classes)
    var mask = [UInt8](repeating: 77, count: width)
    scores.withUnsafeBufferPointer { scores in
      mask.withUnsafeMutableBufferPointer { mask in
        guard let scores = scores.baseAddress, let mask = mask.baseAddress else { return }
        classifier.classify(scores, valid: nil, width: width, into: mask, statistics: &statistics)
      }
    }
    return mask
  }

  @Test(arguments: Array(1...254)) func `a row and the operator decide the same`(_ channels: Int) throws {
    var scores = seededTensor([1, 1, 61, channels], seed: UInt64(channels)).floats.map { ($0 * 4).rounded() / 4 }
    for (place, odd) in [Float.nan, .infinity, -.infinity].enumerated() { scores[scores.count * (place + 1) / 5] = odd }
    let x = Tensor([1, 1, 61, channels], scores)
    var rules: [(ClassRule, ClassMap)] = [
      (.largest(), ClassMap()), (.largest(least: 0.25), ClassMap(least: 0.25)),
      (.largest(least: 0.75, first: 1), ClassMap(least: 0.75, first: 1)),
    ]
    if channels == 1 { rules = [0.25, -0.5, 2].map { (.above($0), ClassMap(threshold: $0)) } }
    for (rule, map) in rules {
      let expected = map.evaluate([x])[0].floats.map { $0.isNaN ? 255 : UInt8($0) }
      #expect(try classes(scores, channels, rule) == expected, "\(rule)")
    }
  }
}
