package import Graphs
package import Kernels
package import Ops
import Tensors

/// A network of scenes, with all that was decided about its ends: an NHWC image of float32 in, and out of the first output an NHWC image
/// as large, of scores, or of the class numbers that the network itself decides on.
package struct SceneNetwork: Sendable {
  package var graph: Graph
  package let form: SceneForm
  /// How the output lay on the image before it was made as large.
  package let fit: SceneFit
  /// True where the network gives the number of the largest score, in whose place the scores are.
  package let picksLargest: Bool
  /// Not nil where the output has class numbers and no scores.
  package let numbers: ClassNumbers?

  /// - Parameters:
  ///   - graph: optimised; its first output counts.
  ///   - upsampling: for scores of which there are fewer than pixels; class numbers are always repeated.
  ///   - kernels: those that will run it.
  package init(
    _ graph: Graph, _ wish: SceneForm.Wish = SceneForm.Wish(), upsampling: ResizeRule.Method = .linear,
    kernels: KernelSet = .best
  ) throws(SceneForm.Refusal) {
    form = try SceneForm(graph, wish, kernels: kernels)
    do throws(GraphError) {
      var network = form.graph.scoringPixels()
      picksLargest = form.graph.firstOutputType != network.firstOutputType
      // A number for each of several channels is a score.
      numbers = network.outputChannels == 1 ? network.classNumbers() : nil
      network = try network.withFloatNumbers()
      fit = network.sceneFit() ?? .same
      if fit != .same { network = try network.fitted(fit, by: numbers == nil ? upsampling : .nearest) }
      self.graph = network
    } catch { throw SceneForm.Refusal(.graph(error)) }
  }

  /// Where the network decides: how many classes there are, from 0 on, by the numbers that can occur and by how many have names.
  package func classCount(named: Int?, atMost most: Int) -> Int? {
    numbers.map { numbers in
      let known = numbers.range.map { max($0.upperBound + 1, named ?? 0) } ?? named ?? most
      return min(max(known, 2), most)
    }
  }
}

extension Graph {
  fileprivate var firstOutputType: TensorType? { outputs.first.map { self[$0.value] } }
  fileprivate var outputChannels: Int? { outputs.first.flatMap { self[$0.value].dims.last ?? nil } }
}
