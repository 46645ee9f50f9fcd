public import Graphs
public import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Binary.Function {
  /// The plain definition in double precision; `maximum` and `minimum` keep the first of equals.
  func apply(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: a < b ? b : a
    case .minimum: b < a ? b : a
    case .power: pow(a, b)
    }
  }
}

extension Binary {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (a, b) = (inputs[0].floats, inputs[1].floats)
    let result = broadcastShape(inputs[0].shape, inputs[1].shape)
    let (stepsA, stepsB) = (steps(inputs[0].shape, in: result), steps(inputs[1].shape, in: result))
    let strides = result.strides
    let out = (0..<result.count).map { index in
      var (i, j) = (0, 0)
      for axis in 0..<result.rank {
        let place = index / strides[axis] % result[axis]
        i += place * stepsA[axis]
        j += place * stepsB[axis]
      }
      return activation.apply(Float(function.apply(Double(a[i]), Double(b[j]))))
    }
    return [Tensor(result, out)]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 2) }
    return inputs.map { input in
      guard let size = imageSize(output) else { return isOnePixel(input) ? .pointwise : .global }
      let dims = [Int?](repeating: 1, count: max(4 - input.rank, 0)) + input.dims
      if input.rank < 4 && !(dims[1] == 1 && dims[2] == 1) { return .global }
      return .local(
        rows: dims[1] == size.height ? .identity : .broadcast, columns: dims[2] == size.width ? .identity : .broadcast)
    }
  }
}

/// The shape of two tensors after broadcasting; they must be compatible.
private func broadcastShape(_ a: Shape, _ b: Shape) -> Shape {
  let rank = max(a.rank, b.rank)
  let (x, y) = (aligned(a, rank), aligned(b, rank))
  return Shape((0..<rank).map { x[$0] == 1 ? y[$0] : x[$0] })
}

/// The dimensions with ones in front, up to a rank.
private func aligned(_ shape: Shape, _ rank: Int) -> [Int] {
  [Int](repeating: 1, count: rank - shape.rank) + shape.dims
}

/// Strides along the axes of `result`, 0 where the tensor is repeated.
private func steps(_ shape: Shape, in result: Shape) -> [Int] {
  let dims = aligned(shape, result.rank)
  let strides = Shape(dims).strides
  return dims.indices.map { dims[$0] == 1 ? 0 : strides[$0] }
}
