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
      guard let tensor = feed[node.name] else {
        throw Failure(
          .usage, file: file, at: node.name, "no value was given for this input, \(node.types[0])",
          hint: "give --input '\(node.name)=x.npy', or for noise use bench --input-shape")
      }
      guard tensor.dataType == node.types[0].dataType, tensor.shape.rank == node.types[0].rank else {
        throw Failure(.usage, file: file, at: node.name, "takes \(node.types[0]), given \(tensor.type)")
      }
    }
    do {
      let own = try graph.specialised(to: feed.mapValues(\.type))
      if reference {
        for node in own.nodes {
          for type in node.types where type.shape == nil {
            throw Failure(.unsupported, file: file, at: node.name, "the shape \(type) depends on the data")
          }
        }
        try requireMemory(own.valueBytes, file)
        return try graph.evaluate(feed)
      }
      // Planning takes time that grows with the images.
      try requireMemory(own.outputBytes, file)
      let plan = try Plan(own, kernels: .chosen)
      try requireMemory(plan.sessionBytes(threads: threads), file)
      return try Session(plan, threads: threads).run(feed)
    } catch let error as Failure {
      throw error
    } catch let error as GraphError {
      throw Failure(error, file: file)
    } catch let error as EngineError {
      throw Failure(error, file: file)
    } catch {
      throw Failure(.malformed, file: file, "\(error)")
    }
  }
}
