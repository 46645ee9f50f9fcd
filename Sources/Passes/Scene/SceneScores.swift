package import Graphs
import Ops
import Tensors

/// What the scores of a pixel are to each other, as far as the operators show that make them.
package enum ScoreKind: Sendable, Hashable {
  /// What a layer of weights computes, so that a sigmoid or a softmax would make probabilities of it.
  case logits
  /// Logarithms of probabilities: of several scores those of a softmax.
  case logProbabilities
  /// Probabilities whose sum is 1: a softmax.
  case exclusive
  /// A probability each, whatever the others are: sigmoids.
  case independent
  case unknown
}

extension Graph {
  /// True where the first output is what a layer of weights computes.
  package var scoresAreLogits: Bool { scoreKind == .logits }

  /// What the scores of the first output are. Images are NHWC.
  package var scoreKind: ScoreKind {
    guard let output = outputs.first else { return .unknown }
    return ScoreAnalysis(self, output.value.node).kind
  }

  /// The graph whose first output has probabilities: of a single score, or of several that do not exclude each other, the sigmoid;
  /// of others the softmax; of logarithms of probabilities these. Images are NHWC.
  ///
  /// Errors: an output that is no image.
  package func withProbabilities(
    areIndependent: Bool = false, areLogarithms: Bool = false
  ) throws(GraphError) -> Graph {
    guard let output = outputs.first else { return self }
    var result = self
    let isSigmoid = areIndependent || self[output.value].dims.last == 1
    let function: Activation? = areLogarithms ? .exp : isSigmoid ? .sigmoid : nil
    let op: any Op = function.map(Activate.init) ?? Softmax()
    let value = try result.add(op, [output.value], name: "\(output.name)/probabilities")
    return result.selectingOutputs([Output(name: output.name, value: value)] + outputs.dropFirst())
  }
}
