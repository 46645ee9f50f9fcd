import Graphs
import Kernels
import Ops
import Passes
import Platform
import Tensors

/// A model that was written and read back, held against the one that it was made of.
struct RoundTrip {
  let original: Graph
  let written: Graph
  let file: String
  /// True where images of the written model are NCHW and those of the original NHWC.
  let isTurned: Bool
  let kernels: KernelSet

  /// The largest difference that is let pass, of the largest value (end to end, of direct convolutions).
  static let tolerance: Float = 1e-4
  /// Sizes tried in place of those that the model leaves open, until it takes one.
  private static let trials = [64, 96, 128, 224, 256, 512]

  /// What was compared, for the log. Errors: a difference.
  func run() throws(Fault) -> String {
    let own = try settled(original), copy = try settled(written)
    if own.isSame(as: copy) { return "read back: the same operators on the same weights" }
    let feed = try inputs()
    let threads = Machine.current.threads
    let expected = try GraphRunner(graph: own, file: file, threads: threads, kernels: kernels, reference: false).run(
      feed)
    let turned = feed.mapValues { turn($0, [0, 3, 1, 2]) }
    // Names may have been changed to what ONNX takes; inputs keep their order.
    var renamed: [String: Tensor] = [:]
    for (index, other) in zip(original.inputs, written.inputs) {
      renamed[written.nodes[other].name] = turned[original.nodes[index].name]
    }
    let results = try GraphRunner(graph: copy, file: file, threads: threads, kernels: kernels, reference: false).run(
      renamed)
    guard results.count == expected.count else {
      throw Fault(.differs, file: file, "has \(results.count) outputs, the model \(expected.count)")
    }
    var worst: Float = 0
    for (output, pair) in zip(original.outputs, zip(results, expected)) {
      let result = turn(pair.0, [0, 2, 3, 1])
      guard result.type == pair.1.type else {
        throw Fault(.differs, file: file, at: output.name, "is \(result.type), in the model \(pair.1.type)")
      }
      if result == pair.1 { continue }
      guard result.dataType == .float32 else {
        throw Fault(.differs, file: file, at: output.name, "has other values")
      }
      let comparison = Comparison(result, against: pair.1, rtol: 0, atol: 0)
      let share = comparison.maximum / max(comparison.referenceMaximum, .leastNormalMagnitude)
      guard share <= Self.tolerance else {
        throw Fault(.differs, file: file, at: output.name, "differs by \(share) of the largest value")
      }
      worst = max(worst, share)
    }
    let sizes = feed.keys.sorted().compactMap { feed[$0]?.type.description }.joined(separator: ", ")
    return "read back: agrees to \(worst) of the largest value, for \(sizes)"
  }

  /// Optimised, but without the choice of algorithms: what is written has none.
  private func settled(_ graph: Graph) throws(Fault) -> Graph {
    do { return try fused(graph).graph } catch { throw Fault(error, file: file) }
  }

  private func turn(_ tensor: Tensor, _ permutation: [Int]) -> Tensor {
    isTurned && tensor.shape.rank == 4 ? Transpose(permutation: permutation).evaluate([tensor])[0] : tensor
  }

  /// Noise of the first size that the model takes.
  private func inputs() throws(Fault) -> [String: Tensor] {
    var refusal = GraphError(.request, "", "takes no image of the sizes that were tried")
    for size in Self.trials {
      var types: [String: TensorType] = [:]
      for index in original.inputs {
        let type = original.nodes[index].types[0]
        let dims = type.dims.enumerated().map { place, dim in dim ?? (place == 0 ? 1 : size) }
        types[original.nodes[index].name] = TensorType(type.dataType, dims)
      }
      do throws(GraphError) {
        _ = try original.specialised(to: types)
        return types.mapValues { type in
          let shape = Shape(type.dims.map { $0 ?? 1 })
          return Cast(to: type.dataType).evaluate([Tensor(shape, noise(shape.count))])[0]
        }
      } catch { refusal = error }
    }
    var fault = Fault(refusal, file: file)
    fault.remedy = .nameInputSize
    throw fault
  }
}
