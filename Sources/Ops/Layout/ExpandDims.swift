package import Graphs
package import Tensors

/// Inserts axes of size 1.
package struct ExpandDims: Op {
  package static let name = "expand_dims"

  /// Places among the axes of the result; they count from its end if negative.
  package var axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var attributes: String { "axes=[" + axes.map(String.init).joined(separator: ",") + "]" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let (input, rank) = (inputs[0], inputs[0].rank + axes.count)
    var inserted: Set<Int> = []
    for axis in axes {
      guard inserted.insert(try resolveAxis(axis, rank: rank)).inserted else {
        throw ShapeError("axis \(axis) is inserted twice")
      }
    }
    return [moving(inputs, TensorType(input.dataType, expanded(input.dims, inserted, 1)))]
  }

  private func expanded<T>(_ dims: [T], _ inserted: Set<Int>, _ one: T) -> [T] {
    var rest = dims.makeIterator()
    return (0..<dims.count + axes.count).compactMap { inserted.contains($0) ? one : rest.next() }
  }
}

extension ExpandDims {
  package var repeatsOneNumber: Bool { true }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (dims, rank) = (inputs[0].shape.dims, inputs[0].shape.rank + axes.count)
    return [inputs[0].reshaped(Shape(expanded(dims, Set(axes.map { $0 < 0 ? $0 + rank : $0 }), 1)))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 1) }
    return relabellingReach(inputs[0], output)
  }
}

extension ExpandDims {
  package func compile(_ site: CompileSite) -> any Step { relabellingStep(self, site) }
}
