public import Graphs
public import Ops

/// A pass and the reason for its place in the order.
public struct PipelineRow: Sendable {
  public let pass: Pass
  public let reason: String
  /// True where what it makes are operators that other runtimes have.
  public var isPortable = false
}

/// The passes in the order in which they run, each until it finds nothing more, before `Pass.algorithmSelection` tries the weights
/// that they have made, and `Pass.upsamplingFolding` takes what it left to be computed directly.
public let pipeline: [PipelineRow] = [
  PipelineRow(pass: .constantFolding, reason: "later passes look for weights that are constants", isPortable: true),
  PipelineRow(
    pass: .transposeMotion, reason: "what follows matches layers that stand side by side, channels last",
    isPortable: true),
  PipelineRow(
    pass: .reshapeMerging, reason: "of what transpositions have become; may leave reshapes that do nothing",
    isPortable: true),
  PipelineRow(
    pass: .identityRemoval, reason: "dropout between two layers would hide one from the other", isPortable: true),
  PipelineRow(pass: .padFolding, reason: "an image less to write; independent of what follows", isPortable: true),
  PipelineRow(
    pass: .batchNormFolding, reason: "before activations, which it could not reach through", isPortable: true),
  PipelineRow(pass: .activationFusion, reason: "after batch normalisation has left the place behind the layer"),
  PipelineRow(pass: .lateUpsampling, reason: "after the folds, so that whole layers move"),
  PipelineRow(pass: .concatFusion, reason: "after what matches convolutions by their first input"),
  PipelineRow(pass: .tapsBeforeUpsampling, reason: "on convolutions that read the pieces of a concatenation"),
  PipelineRow(pass: .residualFusion, reason: "last: it hides convolutions from the others"),
]

/// The graph with every pass of `pipeline` applied and algorithms chosen, and one line of log per rewrite, such as
/// `batchNormFolding: enc1/bn`.
///
/// A caller that gives its graph away never has folded weights and those they were made of in memory together, but for a
/// few megabytes. Inputs, outputs and their types stay the same; unknown sizes stay unknown. `stopAfter` ends after that
/// many rewrites, to find a wrong one by bisection. Errors: a rewrite that would make a malformed graph.
public func optimised(
  _ graph: consuming Graph, precision: Precision = .float32, stopAfter: Int = .max
) throws(GraphError) -> (graph: Graph, log: Graph.RewriteLog) {
  let passes = pipeline.map(\.pass) + [.algorithmSelection(precision), .upsamplingFolding]
  return try optimised(graph, passes, stopAfter: stopAfter)
}

/// The graph with those passes applied that make it smaller for every runtime, for a file that others will read.
public func simplified(_ graph: consuming Graph) throws(GraphError) -> (graph: Graph, log: Graph.RewriteLog) {
  try optimised(graph, pipeline.filter(\.isPortable).map(\.pass), stopAfter: .max)
}

private func optimised(
  _ graph: consuming Graph, _ passes: [Pass], stopAfter: Int
) throws(GraphError) -> (graph: Graph, log: Graph.RewriteLog) {
  var (result, budget, log) = (graph, stopAfter, Graph.RewriteLog())
  for pass in passes {
    var before: Int
    repeat {
      before = log.count
      result = try result.applying(pass, budget: &budget, log: &log)
    } while log.count > before
  }
  return (result, log)
}
