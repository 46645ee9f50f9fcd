import Engine
import Graphs
import Tensors

/// Runs a graph on whole tensors.
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
