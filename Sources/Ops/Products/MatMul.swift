package import Graphs
package import Tensors

/// The matrix product of the last two axes, NumPy's way: the axes before them are broadcast, and a vector is a row on the left and a
/// column on the right, without that axis in the result.
package struct MatMul: Op {
  package static let name = "matmul"

  package init() {}

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...2)
    let dataType = try inputs.commonDataType(0..<2)
    guard dataType != .bool else { throw ShapeError("cannot multiply \(inputs[0])") }
    guard inputs[0].rank > 0, inputs[1].rank > 0 else { throw ShapeError("one of the inputs is a scalar") }
    let (a, b) = MatMul.matrices(inputs[0].dims, inputs[1].dims, 1)
    _ = try unify(a[a.count - 1], b[b.count - 2], "\(inputs[0]) and \(inputs[1]) do not fit together")
    let batch = try broadcastDims(Array(a.dropLast(2)), Array(b.dropLast(2)))
    var dims = batch
    if inputs[0].rank > 1 { dims.append(a[a.count - 2]) }
    if inputs[1].rank > 1 { dims.append(b[b.count - 1]) }
    return [try checkedType(dims, dataType)]
  }

  /// The dimensions with those that make matrices of vectors.
  static func matrices<T>(_ a: [T], _ b: [T], _ one: T) -> ([T], [T]) {
    (a.count == 1 ? [one] + a : a, b.count == 1 ? b + [one] : b)
  }
}

extension MatMul {
  /// The axes before the matrices, and which matrix of each operand every product is made of.
  static func batches(_ a: [Int], _ b: [Int]) -> (shape: Shape, left: [Int], right: [Int]) {
    let labels = [a, b].map { dims in
      let shape = Shape(Array(dims.dropLast(2)))
      return Tensor(shape, .int64((0..<shape.count).map { Int64($0) }))
    }.broadcast()
    return (labels[0].shape, labels[0].integers.map { Int($0) }, labels[1].integers.map { Int($0) })
  }

  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, y) = (inputs[0], inputs[1])
    let (a, b) = MatMul.matrices(x.shape.dims, y.shape.dims, 1)
    let (rows, depth, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    let batches = MatMul.batches(a, b)
    let products = zip(batches.left, batches.right).map { left, right in
      Product(rows: rows, depth: depth, columns: columns, left: left, right: right)
    }
    let elements =
      x.dataType.isFloating
      ? Tensor.Elements(
        products.flatMap { $0(x.elements.doubles, y.elements.doubles, 0) { $0 + $1 * $2 } }, as: x.dataType)
      : Tensor.Elements(
        products.flatMap { $0(x.elements.wholes, y.elements.wholes, 0) { $0 &+ $1 &* $2 } }, as: x.dataType)
    var dims = batches.shape.dims
    if x.shape.rank > 1 { dims.append(rows) }
    if y.shape.rank > 1 { dims.append(columns) }
    return [Tensor(Shape(dims), elements)]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    let isDense = inputs[0].rank > 1 && inputs[1].rank == 2
    let single = (try? isOnePixel(outputTypes(inputs)[0])) == true && inputs.allSatisfy(isOnePixel)
    return isDense || single ? [.pointwise, single ? .pointwise : .global] : globalReach(count: 2)
  }

  package func multiplyAdds(_ inputs: [TensorType]) -> Int {
    guard let result = try? outputTypes(inputs)[0].shape, let depth = inputs[0].dims.last ?? nil else { return 0 }
    return saturatingProduct(result.count, depth)
  }
}

/// One product of matrices among those of a batch.
private struct Product {
  let rows: Int, depth: Int, columns: Int
  /// Which matrix of each operand.
  let left: Int, right: Int

  func callAsFunction<T>(_ a: [T], _ b: [T], _ zero: T, _ add: (T, T, T) -> T) -> [T] {
    var out = [T](repeating: zero, count: rows * columns)
    for i in 0..<rows {
      for k in 0..<depth {
        let factor = a[(left * rows + i) * depth + k]
        let row = (right * depth + k) * columns
        for j in 0..<columns { out[i * columns + j] = add(out[i * columns + j], factor, b[row + j]) }
      }
    }
    return out
  }
}
