package import Graphs
package import Kernels
package import Ops

/// A pass and the reason for its place in the order.
package struct PipelineRow: Sendable {
  package let pass: Pass
  package let reason: String
  /// True where what it makes are operators that other runtimes have.
  package var isPortable = false
  /// Runs in turns with its neighbours of this kind, until none of them finds more.
  package var isTidying = false
}

/// The passes in the order in which they run, each until it finds nothing more and those that tidy up in turns, before `Pass.algorithmSelection` tries the weights
/// that they have made, and `Pass.upsamplingFolding` takes what it left to be computed directly.
package let pipeline: [PipelineRow] = [
  PipelineRow(
    pass: .constantFolding, reason: "later passes look for weights that are constants", isPortable: true,
    isTidying: true),
  PipelineRow(
    pass: .groupNormRecognition, reason: "while transpositions are where importers put them", isTidying: true),
  PipelineRow(
    pass: .activationRecognition, reason: "before its parts are joined to layers or moved apart", isTidying: true),
  PipelineRow(
    pass: .stackReduction, reason: "images of one axis more would stay as they are", isPortable: true, isTidying: true),
  PipelineRow(
    pass: .unitAxisKeeping, reason: "before transpositions meet values of fewer axes", isPortable: true,
    isTidying: true),
  PipelineRow(
    pass: .einsumReduction, reason: "makes transpositions, which the next ones move", isPortable: true, isTidying: true),
  PipelineRow(
    pass: .reshapeMotion, reason: "out of the way of transpositions", isPortable: true, isTidying: true),
  PipelineRow(
    pass: .transposeMotion, reason: "what follows matches layers that stand side by side, channels last",
    isPortable: true, isTidying: true),
  PipelineRow(
    pass: .tokenMotion, reason: "once no transposition is between; brings reshapes together", isPortable: true,
    isTidying: true),
  PipelineRow(
    pass: .reshapeMerging, reason: "of what transpositions have become; may leave reshapes that do nothing",
    isPortable: true, isTidying: true),
  PipelineRow(
    pass: .identityRemoval, reason: "dropout between two layers would hide one from the other", isPortable: true,
    isTidying: true),
  PipelineRow(pass: .globalPoolRecognition, reason: "once channels are the last axis"),
  PipelineRow(pass: .layerNormRecognition, reason: "likewise"),
  PipelineRow(pass: .fakeQuantization, reason: "before batch normalisation would fold the scales"),
  PipelineRow(pass: .quantizationFolding, reason: "before clamps are joined to layers"),
  PipelineRow(pass: .padFolding, reason: "an image less to write; independent of what follows", isPortable: true),
  PipelineRow(
    pass: .batchNormFolding, reason: "before activations, which it could not reach through", isPortable: true),
  PipelineRow(pass: .normAffineFolding, reason: "likewise"),
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
/// few megabytes. Inputs, outputs and their types stay the same; unknown sizes stay unknown. `kernels` are those that will run
/// the graph. `stopAfter` ends after that many rewrites, to find a wrong one by bisection. Errors: a rewrite that would make a malformed graph.
package func optimised(
  _ graph: consuming Graph, precision: Precision = .float32, kernels: KernelSet = .best, stopAfter: Int = .max
) throws(GraphError) -> (graph: Graph, log: Graph.RewriteLog) {
  let last: [Pass] = [.algorithmSelection(precision, kernels), .upsamplingFolding]
  return try optimised(graph, rounds(pipeline) + last.map { [$0] }, stopAfter: stopAfter)
}

/// The graph with the passes that tidy up applied, which also a graph that was optimised before may need when its ends have changed.
func tidied(_ graph: consuming Graph) throws(GraphError) -> Graph {
  try optimised(graph, rounds(pipeline.filter(\.isTidying)), stopAfter: .max).graph
}

/// The graph with those passes applied that make it smaller for every runtime, for a file that others will read.
package func simplified(_ graph: consuming Graph) throws(GraphError) -> (graph: Graph, log: Graph.RewriteLog) {
  try optimised(graph, rounds(pipeline.filter(\.isPortable)), stopAfter: .max)
}

/// The graph with every pass of `pipeline` applied, no algorithms chosen, and each operator in its plain form: of two files with the same
/// layers it makes the same graph.
package func fused(_ graph: consuming Graph) throws(GraphError) -> (graph: Graph, log: Graph.RewriteLog) {
  try optimised(graph, rounds(pipeline) + [[.plainForm]], stopAfter: .max)
}

/// The passes that run in turns, and each of the others alone.
private func rounds(_ rows: [PipelineRow]) -> [[Pass]] {
  [rows.filter(\.isTidying).map(\.pass)] + rows.filter { !$0.isTidying }.map { [$0.pass] }
}

private func optimised(
  _ graph: consuming Graph, _ rounds: [[Pass]], stopAfter: Int
) throws(GraphError) -> (graph: Graph, log: Graph.RewriteLog) {
  var (result, budget, log) = (graph, stopAfter, Graph.RewriteLog())
  for passes in rounds {
    var started: Int
    repeat {
      started = log.count
      for pass in passes {
        var before: Int
        repeat {
          before = log.count
          result = try result.applying(pass, budget: &budget, log: &log)
        } while log.count > before
      }
    } while passes.count > 1 && log.count > started
  }
  return (result, log)
}
