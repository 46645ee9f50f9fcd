import Diagnostics
import Graphs
import ModelFiles
import Ops
import Passes
import Rasters
import Scenes
import Tensors

/// The classes of an output's pixels: how they follow from the scores, and what the model's metadata calls them.
struct SceneClasses {
  let decision: ClassDecision
  let names: Declared<ClassNames>?
  /// What the metadata say of the threshold.
  let declaredThreshold: Declared<Float>?
  private let declaredClasses: Declared<DeclaredClasses>?
  let file: String

  /// True where the network gives the numbers of classes itself.
  let areNumbers: Bool

  /// Of the output with this number of the model; `nil` where it is no image of scores.
  ///
  /// - Parameters:
  ///   - count: of classes that are named otherwise than by the metadata, where there are such names.
  ///   - most: numbers of classes that a mask can have.
  init?(
    _ network: SceneNetwork, output: Int, of loaded: LoadedModel, background: ClassDecision.Background? = nil,
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
  var namesOfOthers: String? {
    names == nil ? declaredClasses.map { "\($0.origin) names those of other outputs only" } : nil
  }

  /// The same rule for scores that have left the network.
  var rule: ClassRule {
    decision.scores == 1
      ? .above(decision.map.threshold) : .largest(least: decision.map.least, first: decision.map.first)
  }

  /// Names and colours by the metadata; `nil` without names, or where they do not fit to the scores.
  var declaredTable: ClassTable? {
    guard let table = names?.value.table(scores: decision.scores, hasBackground: decision.background == .first),
      table.count <= RowClassifier.maximumClasses
    else { return nil }
    return ClassTable(
      table.enumerated().map { id, named in
        ClassTable.Entry(
          name: printable(named.name), color: named.color.map { RGB(hexadecimal: $0) } ?? ClassTable.color(id))
      })
  }

  /// How a class is chosen, for a line of text; `nil` where simply the largest score wins.
  var text: String? {
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

extension SegmentJob {
  /// How the scores of an output become classes. Errors: a threshold where it is unknown what is below it.
  func classes(_ network: SceneNetwork, output: Int, of loaded: LoadedModel) throws(Failure) -> SceneClasses? {
    if network.numbers != nil, options.threshold != nil || options.background != nil {
      throw Failure(
        .usage, at: options.threshold != nil ? "--threshold" : "--background",
        "the network decides on the classes itself")
    }
    let named = try options.classes.map { (name) throws(Failure) in try table(named: name).count }
    do throws(ClassDecision.UnknownBackground) {
      return try SceneClasses(
        network, output: output, of: loaded, background: options.background?.value, threshold: options.threshold,
        count: named, most: options.nodata > 0 ? Int(options.nodata) : RowClassifier.maximumClasses)
    } catch { throw Failure(error, at: "--threshold") }
  }

  /// The network whose scores can be held against the threshold that there is.
  func comparable(_ graph: Graph, _ classes: SceneClasses) throws(Failure) -> Graph {
    switch classes.decision.probabilities {
    case nil: return graph
    case .sigmoid where classes.decision.scores == 1:
      return try withProbabilities(graph, "logits, their sigmoid is the score")
    case .sigmoid:
      return try withProbabilities(
        graph, "logits, the sigmoid of each is its score, as of networks trained with a binary cross-entropy per class",
        areIndependent: true)
    case .exponential:
      return try withProbabilities(graph, "a logarithm, whose exponential is the score", areLogarithms: true)
    case .softmax: return try withProbabilities(graph, "logits, their softmax is held against the threshold")
    }
  }

  func log(_ classes: SceneClasses) {
    if let text = classes.text { options.common.log("classes: \(text)") }
    if classes.decision.isDoubtful {
      options.common.log(
        "warning: each of the \(classes.decision.scores) scores is a sigmoid, and the largest wins however small it is; "
          + "with --background none, pixels whose scores are all below a threshold are background")
    }
    if classes.decision.isGuessed, options.threshold == nil {
      options.common.log(
        "warning: whether the score is a probability is not known; if it is a logit, give --threshold 0")
    }
    if let other = classes.namesOfOthers { options.common.log("classes: numbered, since \(other)") }
  }

  /// Names and colours: those that were asked for, the metadata's, or numbers.
  func table(_ classes: SceneClasses) throws(Failure) -> ClassTable {
    let count = classes.decision.classes
    if let name = options.classes {
      let table = try table(named: name)
      guard table.count == count else {
        throw Failure(.usage, at: "--classes \(name)", "\(table.count) class names for a model of \(count) classes")
      }
      return table
    }
    guard let names = classes.names else { return ClassTable(count: count) }
    if let table = classes.declaredTable { return table }
    let few = names.value.names.prefix(4).joined(separator: ", ") + (names.value.names.count > 4 ? ", ..." : "")
    let isOneMore = classes.decision.background == .first && names.value.names.count == count + 1
    let (file, place) =
      names.origin == .model ? (classes.file, names.origin.description) : ("\(names.origin)", "class_names")
    throw Failure(
      .usage, file: file, at: place, "\(names.value.names.count) class names (\(few)) for a model of \(count) classes",
      hint: (isOneMore ? "give --background none if no score is the background's, or " : "give ")
        + "others with --classes")
  }

  private func table(named name: String) throws(Failure) -> ClassTable {
    if let preset = ClassTable.preset(name) { return preset }
    return try wrapping { () throws(RasterError) in try ClassTable(path: name) }
  }
}
