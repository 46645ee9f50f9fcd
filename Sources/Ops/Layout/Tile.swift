package import Graphs
package import Tensors

/// Repeats the whole tensor along axes. Repeats and axes are aligned at the last one; what is missing in front is 1.
package struct Tile: Op {
  package static let name = "tile"

  package var repeats: [Int]

  package init(repeats: [Int]) { self.repeats = repeats }

  package var attributes: String { "[" + repeats.map(String.init).joined(separator: ",") + "]" }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let (dims, repeats) = aligned(inputs[0].dims, 1)
    var result: [Int?] = []
    for (dim, count) in zip(dims, repeats) {
      guard (0...Limits.attribute).contains(count) else { throw ShapeError("cannot repeat \(count) times") }
      result.append(count == 0 ? 0 : dim.map { min($0, Limits.dimension + 1) * count })
    }
    return [try checkedType(result, inputs[0].dataType)]
  }

  private func aligned<T>(_ dims: [T], _ one: T) -> (dims: [T], repeats: [Int]) {
    (
      [T](repeating: one, count: max(repeats.count - dims.count, 0)) + dims,
      [Int](repeating: 1, count: max(dims.count - repeats.count, 0)) + repeats
    )
  }
}

extension Tile {
  func picks(_ dims: [Int]) -> [AxisPick] {
    let (dims, repeats) = aligned(dims, 1)
    return zip(dims, repeats).map { dim, count in
      count == 1 ? .all(dim) : AxisPick((0..<dim * count).map { $0 % dim }, ratio: dim == 1 ? (0, 1) : nil)
    }
  }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let axes = picks(inputs[0].shape.dims)
    let ones = [Int](repeating: 1, count: axes.count - inputs[0].shape.rank)
    return [inputs[0].reshaped(Shape(ones + inputs[0].shape.dims)).picking(axes)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0], let shape = inputs[0].shape else { return globalReach(count: 1) }
    return pickingReach(inputs[0], output, picks(shape.dims))
  }
}

extension Tile {
  package func compile(_ site: CompileSite) -> any Step {
    site.inputTypes[0].shape.flatMap { pickingStep(site, picks($0.dims)) } ?? evaluatingStep(self, site)
  }
}
