import Graphs
import Tensors

/// NumPy's rule: shapes are aligned at the last axis; sizes must be equal, or 1, or missing.
func broadcastDims(_ a: [Int?], _ b: [Int?]) throws(ShapeError) -> [Int?] {
  var result: [Int?] = []
  for back in 1...max(a.count, b.count, 1) {
    let x: Int? = back <= a.count ? a[a.count - back] : 1
    let y: Int? = back <= b.count ? b[b.count - back] : 1
    switch (x, y) {
    case (1, _): result.append(y)
    case (_, 1): result.append(x)
    case (nil, _): result.append(y)
    case (_, nil): result.append(x)
    case (let x?, let y?):
      guard x == y else {
        throw ShapeError("cannot broadcast \(TensorType(.float32, a)) with \(TensorType(.float32, b)): \(x) and \(y)")
      }
      result.append(x)
    }
  }
  return Array(result.prefix(max(a.count, b.count)).reversed())
}

extension [TensorType] {
  /// The dimensions of all inputs after broadcasting.
  func broadcastDims() throws(ShapeError) -> [Int?] {
    var result: [Int?] = []
    for type in self { result = try Ops.broadcastDims(result, type.dims) }
    return result
  }

  /// Checks that these inputs have one data type, and returns it.
  func commonDataType(_ indices: Range<Int>) throws(ShapeError) -> DataType {
    for index in indices.dropFirst() where self[index].dataType != self[indices.lowerBound].dataType {
      throw ShapeError("the data types of \(self[indices.lowerBound]) and \(self[index]) differ")
    }
    return self[indices.lowerBound].dataType
  }
}

extension [Tensor] {
  /// All tensors repeated to their common shape, which must exist.
  func broadcast() -> [Tensor] {
    var dims: [Int] = []
    for tensor in self {
      let rank = Swift.max(dims.count, tensor.shape.rank)
      let (x, y) = (aligned(dims, rank), aligned(tensor.shape.dims, rank))
      dims = zip(x, y).map { $0 == 1 ? $1 : $0 }
    }
    return map { $0.broadcast(to: Shape(dims)) }
  }
}

/// The dimensions with ones in front, up to a rank.
private func aligned(_ dims: [Int], _ rank: Int) -> [Int] { [Int](repeating: 1, count: rank - dims.count) + dims }

/// The reach of an operator that joins broadcast inputs element by element.
func broadcastReach(_ inputs: [TensorType], _ output: TensorType) -> [Reach] {
  inputs.map { input in
    guard let size = imageSize(output) else { return isOnePixel(input) ? .pointwise : .global }
    let dims = [Int?](repeating: 1, count: max(4 - input.rank, 0)) + input.dims
    if input.rank < 4 && !(dims[1] == 1 && dims[2] == 1) { return .global }
    return .local(
      rows: dims[1] == size.height ? .identity : .broadcast, columns: dims[2] == size.width ? .identity : .broadcast)
  }
}
