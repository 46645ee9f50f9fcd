package import Graphs
package import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One number made of all elements over some axes, in the data type of the input.
///
/// Integers wrap around and a mean of integers loses its fraction. Of bools, `max` says whether any is true and `min` whether all are.
package struct Reduce: Op {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// NaN if any element is, as the others.
    case mean, sum, max, min
    case product
    /// The sum of the magnitudes, the square root of the sum of squares, the sum of squares.
    case l1, l2, sumOfSquares
    /// The logarithm of the sum, and of the sum of the exponentials; floats only.
    case logSum, logSumExp
  }

  package static let name = "reduce"

  package var kind: Kind
  /// Count from the end if negative; each at most once.
  package var axes: [Int]
  /// Keeps the reduced axes with size 1.
  package var keepDims: Bool

  package init(kind: Kind, axes: [Int], keepDims: Bool) {
    (self.kind, self.axes, self.keepDims) = (kind, axes, keepDims)
  }

  package var attributes: String {
    "\(kind.rawValue) axes=[" + axes.map(String.init).joined(separator: ",") + "]" + (keepDims ? " keepDims" : "")
  }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let input = inputs[0]
    guard isDefined(for: input.dataType) else { throw ShapeError("\(kind.rawValue) does not take \(input)") }
    var reduced: Set<Int> = []
    for axis in axes {
      guard reduced.insert(try resolveAxis(axis, rank: input.rank)).inserted else {
        throw ShapeError("axis \(axis) is reduced twice")
      }
    }
    // Of floats the extreme of nothing is infinite.
    let needsElements = kind == .mean || !input.dataType.isFloating && (kind == .max || kind == .min)
    for axis in reduced where input.dims[axis] == 0 && needsElements {
      throw ShapeError("axis \(axis) of \(input) is empty")
    }
    let dims = input.dims.enumerated().compactMap { axis, dim -> Int?? in
      guard reduced.contains(axis) else { return .some(dim) }
      return keepDims ? .some(1) : nil
    }
    let type = try checkedType(dims, input.dataType)
    guard type.isTracked, let tensor = input.tensor else { return [type] }
    let result = evaluate([tensor])[0]
    if type.dataType == .int64 {
      let exact = evaluate([tensor.cast(to: .float64)])[0].elements.doubles
      // What wraps around is off by 2^64.
      guard zip(exact, result.integers).allSatisfy({ abs($0 - Double($1)) < 0x1p63 }) else {
        throw ShapeError("the \(kind) of the sizes \(tensor.integers) has more than 64 bits")
      }
    }
    return [type.knowing(result.type.elements)]
  }

  private func isDefined(for dataType: DataType) -> Bool {
    switch kind {
    case .max, .min: true
    case .l2, .logSum, .logSumExp: dataType.isFloating
    case .mean, .sum, .product, .l1, .sumOfSquares: dataType != .bool
    }
  }
}

extension Reduce {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (elements, shape) = (inputs[0].elements, inputs[0].shape)
    let reduced = Set(axes.map { $0 < 0 ? $0 + shape.rank : $0 })
    let kept = Shape(shape.dims.indices.map { reduced.contains($0) ? 1 : shape[$0] })
    // For each element, the place of the number that it goes into.
    let targets = Tensor(kept, .int64((0..<kept.count).map { Int64($0) })).broadcast(to: shape).integers
    var groups = [[Int]](repeating: [], count: kept.count)
    for (index, target) in targets.enumerated() { groups[Int(target)].append(index) }
    let results: Tensor.Elements
    if elements.dataType.isFloating {
      let x = elements.doubles
      results = Tensor.Elements(groups.map { floating($0.map { x[$0] }) }, as: elements.dataType)
    } else {
      let x = elements.wholes
      results = Tensor.Elements(groups.map { whole($0.map { x[$0] }) }, as: elements.dataType)
    }
    let dims = keepDims ? kept.dims : shape.dims.indices.filter { !reduced.contains($0) }.map { shape[$0] }
    return [Tensor(Shape(dims), results)]
  }

  private func floating(_ x: [Double]) -> Double {
    switch kind {
    case .mean: return x.reduce(0, +) / Double(x.count)
    case .sum: return x.reduce(0, +)
    case .max: return x.reduce(-.infinity, Binary.Function.maximum.apply)
    case .min: return x.reduce(.infinity, Binary.Function.minimum.apply)
    case .product: return x.reduce(1, *)
    case .l1: return x.reduce(0) { $0 + $1.magnitude }
    case .l2: return x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .sumOfSquares: return x.reduce(0) { $0 + $1 * $1 }
    case .logSum: return log(x.reduce(0, +))
    case .logSumExp:
      let highest = x.reduce(-.infinity, Binary.Function.maximum.apply)
      return highest.isFinite ? highest + log(x.reduce(0) { $0 + exp($1 - highest) }) : highest
    }
  }

  private func whole(_ x: [Int64]) -> Int64 {
    switch kind {
    case .mean: x.reduce(0, &+) / Int64(x.count)
    case .sum: x.reduce(0, &+)
    case .max: x.max() ?? 0
    case .min: x.min() ?? 0
    case .product: x.reduce(1, &*)
    case .l1: x.reduce(0) { $0 &+ ($1 < 0 ? 0 &- $1 : $1) }
    case .sumOfSquares: x.reduce(0) { $0 &+ $1 &* $1 }
    case .l2, .logSum, .logSumExp: preconditionFailure("\(kind.rawValue) is of floats")
    }
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 1) }
    let channelsOnly = keepDims && axes.allSatisfy { $0 == -1 || $0 == inputs[0].rank - 1 }
    let keepsPixels = channelsOnly || (isOnePixel(output) && isOnePixel(inputs[0]))
    return keepsPixels ? pointwiseReach(count: 1) : globalReach(count: 1)
  }
}
