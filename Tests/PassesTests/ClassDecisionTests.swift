import Ops
import Passes
import Testing

struct ClassDecisionTests {
  private typealias Declaration = ClassDecision.Declaration

  @Test func `a single score is held against a threshold: the one asked for, the declared one, a half`() throws {
    for kind in [ScoreKind.logits, .independent, .unknown] {
      for (asked, declared, threshold) in [(nil, nil, 0.5), (nil, 0.9, 0.9), (0.2, 0.9, 0.2)]
        as [(Float?, Float?, Float)]
      {
        let decision = try ClassDecision(
          scores: 1, kind: kind, threshold: asked, declared: Declaration(threshold: declared))
        #expect(decision.map == ClassMap(threshold: threshold) && decision.classes == 2)
        #expect(decision.isThresholdDeclared == (asked == nil && declared != nil))
        #expect(decision.probabilities == (kind == .logits ? .sigmoid : nil) && !decision.isDoubtful)
      }
    }
  }

  @Test func `the largest of several wins where nothing says otherwise`() throws {
    for kind in [ScoreKind.logits, .logProbabilities, .exclusive, .independent, .unknown] {
      let decision = try ClassDecision(scores: 5, kind: kind)
      #expect(decision.map == ClassMap() && decision.classes == 5 && decision.probabilities == nil)
      #expect(decision.isDoubtful == (kind == .independent))
      let held = try? ClassDecision(scores: 5, kind: kind, threshold: 0.5)
      #expect(held?.map == (kind == .independent ? ClassMap(least: 0.5, first: 1) : nil))
    }
  }

  @Test func `what is asked for counts before all else`() throws {
    let declared = Declaration(threshold: 0.7, hasBackground: true)
    let none = try ClassDecision(
      scores: 4, kind: .exclusive, background: ClassDecision.Background.none, declared: declared)
    #expect(none.map == ClassMap(least: 0.7, first: 1) && none.classes == 5 && none.reason == .asked)
    let first = try ClassDecision(
      scores: 4, kind: .independent, background: .first, threshold: 0.2, declared: Declaration(hasBackground: false))
    #expect(first.map == ClassMap(least: 0.2) && first.classes == 4 && !first.isDoubtful)
    let half = try ClassDecision(scores: 4, kind: .unknown, background: ClassDecision.Background.none)
    #expect(half.threshold == 0.5)
  }

  @Test(
    arguments: [
      (ScoreKind.independent, nil, false, ClassDecision.Background.none), (.independent, 0.6, false, .none),
      (.independent, 0.6, nil, .none), (.independent, 0.6, true, .first), (.independent, nil, true, .first),
      (.exclusive, 0.6, nil, .first), (.exclusive, 0.6, true, .first), (.exclusive, 0.6, false, .none),
      (.exclusive, nil, false, .first), (.logits, 0.6, true, .first), (.logits, 0.6, false, .none),
      (.logits, nil, false, .first),
    ] as [(ScoreKind, Float?, Bool?, ClassDecision.Background)])
  func `threshold and names say whether a score is the background's`(
    _ kind: ScoreKind, _ threshold: Float?, _ hasBackground: Bool?, _ background: ClassDecision.Background
  ) throws {
    let decision = try ClassDecision(
      scores: 3, kind: kind, declared: Declaration(threshold: threshold, hasBackground: hasBackground))
    #expect(decision.background == background)
    #expect(decision.threshold == threshold ?? (background == .none ? 0.5 : nil) && !decision.isDoubtful)
    // A declared threshold may be replaced.
    if threshold != nil {
      let other = try ClassDecision(
        scores: 3, kind: kind, threshold: 0.1, declared: Declaration(threshold: threshold, hasBackground: hasBackground)
      )
      #expect(other.threshold == 0.1 && other.background == background && !other.isThresholdDeclared)
    }
  }

  @Test func `scores become probabilities before they meet a threshold`() throws {
    func probabilities(_ kind: ScoreKind, _ background: ClassDecision.Background) throws -> ClassDecision.Probabilities?
    {
      try ClassDecision(scores: 3, kind: kind, background: background, threshold: 0.5).probabilities
    }
    #expect(try probabilities(.logits, .none) == .sigmoid && probabilities(.logits, .first) == .softmax)
    #expect(
      try probabilities(.logProbabilities, .none) == .softmax && probabilities(.logProbabilities, .first) == .softmax)
    for kind in [ScoreKind.exclusive, .independent, .unknown] {
      #expect(try probabilities(kind, .none) == nil && probabilities(kind, .first) == nil)
    }
  }
}
