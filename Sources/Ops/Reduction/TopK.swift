package import Graphs
package import Tensors

/// The `count` largest or smallest elements along one axis, in order and of equal ones the first first; or their indices, as int64.
package struct TopK: Op {
  package static let name = "top_k"

  package enum Result: String, Sendable, Hashable { case values, indices }

  package var count: Int
  /// Counts from the end if negative.
  package var axis: Int
  package var smallest: Bool
  package var result: Result

  package init(count: Int, axis: Int = -1, smallest: Bool = false, result: Result = .values) {
    (self.count, self.axis, self.smallest, self.result) = (count, axis, smallest, result)
  }

  package var attributes: String { "\(result) count=\(count) axis=\(axis)" + (smallest ? " smallest" : "") }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    var dims = inputs[0].dims
    let axis = try resolveAxis(axis, rank: dims.count)
    guard count > 0, count <= dims[axis] ?? count else {
      throw ShapeError("\(inputs[0]) has no \(count) elements along axis \(axis)")
    }
    dims[axis] = count
    return [try checkedType(dims, result == .indices ? .int64 : inputs[0].dataType)]
  }
}

extension TopK {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (elements, shape) = (inputs[0].elements, inputs[0].shape)
    let picked = elements.dataType.isFloating ? places(elements.doubles, shape) : places(elements.wholes, shape)
    var dims = shape.dims
    dims[axis < 0 ? axis + shape.rank : axis] = count
    switch result {
    case .indices: return [Tensor(Shape(dims), .int64(picked.map { Int64($0.index) }))]
    case .values:
      let places = Tensor([picked.count], .int64(picked.map { Int64($0.place) }))
      return [Gather(axis: 0).evaluate([inputs[0].reshaped([shape.count]), places])[0].reshaped(Shape(dims))]
    }
  }

  /// For each element of the result its place in the input, and its index along the axis.
  private func places<T: Comparable>(_ x: [T], _ shape: Shape) -> [(place: Int, index: Int)] {
    let (outer, size, inner) = shape.split(at: axis)
    var result = [(place: Int, index: Int)](repeating: (0, 0), count: outer * count * inner)
    for o in 0..<outer {
      for i in 0..<inner {
        func value(_ k: Int) -> T { x[(o * size + k) * inner + i] }
        let order = (0..<size).sorted { a, b in
          let (left, right) = (value(a), value(b))
          if left == right { return a < b }
          return smallest ? left < right : left > right
        }
        for k in 0..<count { result[(o * count + k) * inner + i] = ((o * size + order[k]) * inner + i, order[k]) }
      }
    }
    return result
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let alongChannels = axis == -1 || axis == inputs[0].rank - 1
    return alongChannels || isOnePixel(inputs[0]) ? pointwiseReach(count: 1) : globalReach(count: 1)
  }
}
