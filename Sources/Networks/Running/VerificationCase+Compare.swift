import Graphs
package import Ops
import Tensors

extension VerificationCase {
  /// Computes a data set and compares each output with what the set has for it.
  package func compare(
    _ set: DataSet, rtol: Float, atol: Float, precision: Precision, isOptimised: Bool, isReference: Bool, threads: Int
  ) throws(Fault) -> [OutputComparison] {
    func compared(_ network: Network, _ feed: [String: Tensor]) throws(Fault) -> [OutputComparison] {
      let results = try network.predict(feed, threads: threads, isReference: isReference)
      return try zip(results.tensors, set.outputs).enumerated().map { (place, pair) throws(Fault) in
        OutputComparison(
          file: pair.1, name: results.names[place], result: pair.0, expected: try Files.tensor(pair.1), rtol: rtol,
          atol: atol)
      }
    }
    do throws(Fault) {
      let network = try load(precision: precision, optimise: isOptimised)
      return try compared(network, set.feed(network.optimised))
    } catch {
      // Where sizes depend on inputs, the model is read for those of the data set.
      guard error.kind == .unsupported,
        let (network, feed) = try? load(for: set, precision: precision, optimise: isOptimised)
      else { throw error }
      return try compared(network, feed)
    }
  }
}
