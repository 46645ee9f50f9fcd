import Engine
package import Graphs
package import Kernels
package import Tensors

/// Runs a graph on whole tensors.
package struct GraphRunner {
  package let graph: Graph
  package let file: String
  package let threads: Int
  package let kernels: KernelSet
  /// Plain definitions instead of kernels.
  package let reference: Bool

  package init(graph: Graph, file: String, threads: Int, kernels: KernelSet, reference: Bool) {
    (self.graph, self.file, self.threads, self.kernels, self.reference) = (graph, file, threads, kernels, reference)
  }

  package func run(_ feed: [String: Tensor]) throws(Fault) -> [Tensor] {
    for index in graph.inputs {
      let node = graph.nodes[index]
      guard let tensor = feed[node.name] else {
        throw Fault(
          .usage, file: file, at: node.name, "no value was given for this input, \(node.types[0])",
          remedy: .giveInput(node.name))
      }
      guard tensor.dataType == node.types[0].dataType, tensor.shape.rank == node.types[0].rank else {
        throw Fault(.usage, file: file, at: node.name, "takes \(node.types[0]), given \(tensor.type)")
      }
    }
    do {
      let own = try graph.specialised(to: feed.mapValues(\.type))
      if reference {
        for node in own.nodes {
          for type in node.types where type.shape == nil {
            throw Fault(.unsupported, file: file, at: node.name, "the shape \(type) depends on the data")
          }
        }
        try requireMemory(own.valueBytes, file)
        return try graph.evaluate(feed)
      }
      // Planning takes time that grows with the images.
      try requireMemory(own.outputBytes, file)
      let plan = try Plan(own, kernels: kernels)
      try requireMemory(plan.sessionBytes(threads: threads), file)
      return try Session(plan, threads: threads).run(feed)
    } catch let error as Fault {
      throw error
    } catch let error as GraphError {
      throw Fault(error, file: file)
    } catch let error as EngineError {
      throw Fault(error, file: file)
    } catch {
      throw Fault(.malformed, file: file, "\(error)")
    }
  }
}
