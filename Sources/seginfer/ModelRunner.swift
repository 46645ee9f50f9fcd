import Engine
import Graphs
import Tensors

/// Runs a graph on whole tensors, an image of a batch at a time where the model leaves the batch open.
struct ModelRunner {
  let graph: Graph
  let file: String
  let threads: Int
  /// Plain definitions instead of kernels.
  let reference: Bool

  func run(_ feed: [String: Tensor]) throws(Failure) -> [Tensor] {
    for index in graph.inputs {
      let node = graph.nodes[index]
      guard let tensor = feed[node.name] else { throw Failure(.usage, file: file, at: node.name, "no value was given") }
      guard tensor.dataType == node.types[0].dataType, tensor.shape.rank == node.types[0].rank else {
        throw Failure(.usage, file: file, at: node.name, "takes \(node.types[0]), given \(tensor.type)")
      }
    }
    let batch = feed.values.first?.shape.dims.first ?? 1
    let open = graph.inputs.allSatisfy { graph.nodes[$0].types[0].dims.first == .some(nil) }
    guard batch > 1, open, feed.values.allSatisfy({ $0.shape.dims.first == batch }) else { return try runOnce(feed) }
    var parts: [[Tensor]] = []
    for item in 0..<batch { parts.append(try runOnce(feed.mapValues { $0.slice(item) })) }
    return parts[0].indices.map { output in Tensor.joined(parts.map { $0[output] }) }
  }

  private func runOnce(_ feed: [String: Tensor]) throws(Failure) -> [Tensor] {
    do {
      if reference { return try graph.evaluate(feed) }
      let plan = try Plan(graph.specialised(to: feed.mapValues(\.type)))
      return try Session(plan, threads: threads).run(feed)
    } catch let error as GraphError {
      throw Failure(error, file: file)
    } catch let error as EngineError {
      throw Failure(error, file: file)
    } catch {
      throw Failure(.malformed, file: file, "\(error)")
    }
  }
}

extension Tensor {
  /// One item of the first axis, which stays with length 1. Only for float32.
  func slice(_ item: Int) -> Tensor {
    let count = shape.count / shape[0]
    return Tensor(Shape([1] + shape.dims.dropFirst()), Array(floats[item * count..<(item + 1) * count]))
  }

  /// Tensors one after another along the first axis. Only for float32.
  static func joined(_ parts: [Tensor]) -> Tensor {
    Tensor(Shape([parts.reduce(0) { $0 + $1.shape[0] }] + parts[0].shape.dims.dropFirst()), parts.flatMap(\.floats))
  }
}
