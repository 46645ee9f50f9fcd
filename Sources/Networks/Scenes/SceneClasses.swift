import Diagnostics
import Graphs
package import ModelFiles
import Ops
package import Passes
package import Scenes
import Tensors

/// The classes of an output's pixels: how they follow from the scores, and what the model's metadata calls them.
package struct SceneClasses {
  package let decision: ClassDecision
  package let names: Declared<ClassNames>?
  /// What the metadata say of the threshold.
  package let declaredThreshold: Declared<Float>?
  private let declaredClasses: Declared<DeclaredClasses>?
  package let file: String

  /// True where the network gives the numbers of classes itself.
  package let areNumbers: Bool

  /// Of the output with this number of the model; `nil` where it is no image of scores.
  ///
  /// - Parameters:
  ///   - count: of classes that are named otherwise than by the metadata, where there are such names.
  ///   - most: numbers of classes that a mask can have.
  package init?(
    _ network: SceneNetwork, output: Int, of loaded: Network, background: ClassDecision.Background? = nil,
    threshold: Float? = nil, count: Int? = nil, most: Int = RowClassifier.maximumClasses - 1
  ) throws(ClassDecision.UnknownBackground) {
    let graph = network.graph
    guard let type = graph.outputs.first.map({ graph[$0.value] }), type.rank == 4, let scores = type.dims[3], scores > 0
    else { return nil }
    file = loaded.file
    areNumbers = network.numbers != nil
    // A network that picks the largest score itself has no threshold.
    declaredThreshold = areNumbers || network.picksLargest ? nil : loaded.metadata?.threshold
    declaredClasses = loaded.metadata?.classes
    let names = declaredClasses.flatMap { declared in
      declared.value.names(output: output).map { Declared($0, declared.origin) }
    }
    self.names = names
    guard !areNumbers else {
      let classes = network.classCount(named: count ?? names?.value.names.count, atMost: most) ?? most
      decision = try ClassDecision(scores: classes, kind: .exclusive, background: .first)
      return
    }
    let declared = ClassDecision.Declaration(
      threshold: declaredThreshold?.value, hasBackground: names?.value.hasBackground(scores: scores))
    decision = try ClassDecision(
      scores: scores, kind: graph.scoreKind, background: background ?? (network.picksLargest ? .first : nil),
      threshold: threshold, declared: declared)
  }

  /// Says that the names of classes are for other outputs; `nil` where they are not.
  package var namesOfOthers: String? {
    names == nil ? declaredClasses.map { "\($0.origin) names those of other outputs only" } : nil
  }

  /// The same rule for scores that have left the network.
  package var rule: ClassRule {
    decision.scores == 1
      ? .above(decision.map.threshold) : .largest(least: decision.map.least, first: decision.map.first)
  }

  /// Names and colours by the metadata; `nil` without names, or where they do not fit to the scores.
  package var declaredTable: ClassTable? {
    guard let table = names?.value.table(scores: decision.scores, hasBackground: decision.background == .first),
      table.count <= RowClassifier.maximumClasses
    else { return nil }
    return ClassTable(
      table.enumerated().map { id, named in
        ClassTable.Entry(
          name: printable(named.name), color: named.color.map { RGB(hex: $0) } ?? ClassTable.color(id))
      })
  }

  /// How a class is chosen, for a line of text; `nil` where simply the largest score wins.
  package var text: String? {
    if areNumbers { return "the number that the network itself gives" }
    guard let threshold = decision.threshold else { return nil }
    let source = decision.isThresholdDeclared ? declaredThreshold.map { ", a threshold of \($0.origin)" } ?? "" : ""
    guard decision.scores > 1 else { return "1 where the score is above \(threshold), else 0\(source)" }
    guard decision.background == .none else {
      return "the largest score's, 0 where all scores are below \(threshold)\(source)"
    }
    let reason =
      switch decision.reason {
      case .asked: "as asked"
      case .names: "the class names have none"
      case .threshold: "there is a threshold for sigmoids"
      case .byDefault: "by default"
      }
    return "1 + the largest score's place, 0 where all scores are below \(threshold)\(source); no score is that of the "
      + "background (\(reason))"
  }
}
