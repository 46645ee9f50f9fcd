package import Diagnostics
package import Ops

/// How the classes of a network's pixels follow from its scores: decided from what was asked for, what the model's metadata declares and what
/// kind of scores they are; the first that says something counts.
package struct ClassDecision: Sendable, Hashable {
  /// What a pixel is whose scores are all too small.
  package enum Background: Sendable, Hashable {
    /// What the first score stands for. The class of a pixel is the number of its largest score.
    case first
    /// No score stands for it: the classes of scores begin at 1, and 0 is the background.
    case none
  }

  /// What made the background what it is.
  package enum Reason: Sendable, Hashable {
    case asked
    /// The names of the classes.
    case names
    /// There is a threshold, so some pixels have no score that is large enough, and nothing says which class that is.
    case threshold
    case byDefault
  }

  /// What is applied to scores that are no probabilities, before they are held against a threshold.
  package enum Probabilities: Sendable, Hashable { case sigmoid, softmax, exponential }

  /// What a model's metadata says.
  package struct Declaration: Sendable, Hashable {
    /// A probability.
    package var threshold: Float?
    /// Whether a score stands for the background, by the names of the classes; `nil` where there are no names, or they do not say.
    package var hasBackground: Bool?

    package init(threshold: Float? = nil, hasBackground: Bool? = nil) {
      (self.threshold, self.hasBackground) = (threshold, hasBackground)
    }
  }

  /// A threshold was asked for, and it is not known what a pixel is without a score above it.
  package struct UnknownBackground: SiteError {
    package enum Kind: Sendable, Hashable { case severalScores }

    package let kind = Kind.severalScores
    package let site = "threshold"
    package let what = "the model has several scores per pixel, of which the largest counts"
    package let remedy: Remedy? = .nameBackground
  }

  /// Scores of a pixel.
  package let scores: Int
  package let kind: ScoreKind
  package let background: Background
  package let reason: Reason
  /// The probability that a score needs; `nil` where the largest wins, however small it is.
  package let threshold: Float?
  /// True where the threshold is the metadata's.
  package let isThresholdDeclared: Bool

  /// A single score is always one of class 1, and always held against a threshold.
  package init(
    scores: Int, kind: ScoreKind, background: Background? = nil, threshold: Float? = nil,
    declared: Declaration = Declaration()
  ) throws(UnknownBackground) {
    (self.scores, self.kind) = (scores, kind)
    isThresholdDeclared = threshold == nil && declared.threshold != nil
    let given = threshold ?? declared.threshold
    guard scores > 1 else {
      (self.background, reason, self.threshold) = (.none, .byDefault, given ?? 0.5)
      return
    }
    (self.background, reason) = Self.background(background, kind, hasThreshold: given != nil, declared)
    if threshold != nil, self.background == .first, background == nil, declared.threshold == nil {
      throw UnknownBackground()
    }
    self.threshold = given ?? (self.background == .none ? 0.5 : nil)
  }

  private static func background(
    _ asked: Background?, _ kind: ScoreKind, hasThreshold: Bool, _ declared: Declaration
  ) -> (Background, Reason) {
    if let asked { return (asked, .asked) }
    switch declared.hasBackground {
    case true: return (.first, .names)
    // The largest of exclusive scores may be the right one wherever it is, unless a threshold says that some are none.
    case false where kind == .independent || declared.threshold != nil: return (.none, .names)
    case nil where kind == .independent && hasThreshold: return (.none, .threshold)
    default: return (.first, .byDefault)
    }
  }

  /// What makes probabilities of the scores, where they are none and are held against a threshold.
  package var probabilities: Probabilities? {
    guard threshold != nil else { return nil }
    switch kind {
    case .logits: return scores == 1 || background == .none ? .sigmoid : .softmax
    case .logProbabilities: return scores == 1 ? .exponential : .softmax
    case .exclusive, .independent, .unknown: return nil
    }
  }

  /// True where each score is a probability of its own and the largest wins only because nothing says otherwise: pixels get a class
  /// that the network denies.
  package var isDoubtful: Bool { scores > 1 && kind == .independent && background == .first && reason == .byDefault }

  /// True where it is not known whether the only score is a probability, which it is taken for.
  package var isGuessed: Bool { scores == 1 && kind == .unknown }

  /// The number of classes.
  package var classes: Int { scores == 1 ? 2 : scores + first }

  /// The class of the first score.
  private var first: Int { background == .none ? 1 : 0 }

  /// The operator that decides.
  package var map: ClassMap {
    scores == 1
      ? ClassMap(threshold: threshold ?? 0.5) : ClassMap(least: threshold ?? -.infinity, first: first)
  }
}
