/// How the class of a pixel follows from its scores, which are as the network or the blend of windows gives them.
package enum ClassRule: Sendable, Hashable {
  /// Of a single score: class 1 above this, else 0. In the unit of the score: 0.5 for the probability of a sigmoid, 0 for its logit.
  case above(Float)
  /// Of several: the largest, the first of equals, which is class `first` and its channel; class 0 where it is below `least`.
  ///
  /// With `first` 0 the first score is that of the background, which also stands for pixels without a score that is large enough; with
  /// `first` 1 no score is that of the background.
  case largest(least: Float = -.infinity, first: Int = 0)

  /// The number of classes that pixels with so many scores have.
  package func classes(scores: Int) -> Int {
    switch self {
    case .above: 2
    case .largest(_, let first): max(scores + first, 2)
    }
  }

  /// The class of a pixel, `nil` where a score is NaN or infinite.
  func decide(_ scores: UnsafePointer<Float>, count: Int) -> Int? {
    var (best, score) = (0, scores[0])
    var isFinite = score.isFinite
    for k in 1..<max(1, count) {
      isFinite = isFinite && scores[k].isFinite
      if scores[k] > score { (best, score) = (k, scores[k]) }
    }
    guard isFinite else { return nil }
    switch self {
    case .above(let threshold): return scores[0] > threshold ? 1 : 0
    case .largest(let least, let first): return score < least ? 0 : best + first
    }
  }
}
