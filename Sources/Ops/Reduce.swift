public import Graphs
public import Tensors

/// The mean, sum, largest or smallest element over some axes.
public struct Reduce: Op {
  public enum Kind: String, Sendable, Hashable, CaseIterable { case mean, sum, max, min }

  public static let name = "reduce"

  public var kind: Kind
  /// Count from the end if negative; each at most once.
  public var axes: [Int]
  /// Keeps the reduced axes with size 1.
  public var keepDims: Bool

  public init(kind: Kind, axes: [Int], keepDims: Bool) {
    (self.kind, self.axes, self.keepDims) = (kind, axes, keepDims)
  }

  public var attributes: String {
    "\(kind.rawValue) axes=[" + axes.map(String.init).joined(separator: ",") + "]" + (keepDims ? " keepDims" : "")
  }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let input = try inputs.float(0)
    var reduced: Set<Int> = []
    for axis in axes {
      guard reduced.insert(try resolveAxis(axis, rank: input.rank)).inserted else {
        throw ShapeError("axis \(axis) is reduced twice")
      }
    }
    for axis in reduced where input.dims[axis] == 0 && kind != .sum {
      throw ShapeError("axis \(axis) of \(input) is empty")
    }
    let dims = input.dims.enumerated().compactMap { axis, dim -> Int?? in
      guard reduced.contains(axis) else { return .some(dim) }
      return keepDims ? .some(1) : nil
    }
    return [try checkedType(dims)]
  }
}

extension Reduce {
  public func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (x, shape) = (inputs[0].floats, inputs[0].shape)
    let reduced = Set(axes.map { $0 < 0 ? $0 + shape.rank : $0 })
    let kept = Shape(shape.dims.indices.map { reduced.contains($0) ? 1 : shape[$0] })
    let start: Double =
      switch kind {
      case .mean, .sum: 0
      case .max: -.infinity
      case .min: .infinity
      }
    var sums = [Double](repeating: start, count: kept.count)
    let (strides, places) = (shape.strides, kept.strides)
    for index in 0..<shape.count {
      var target = 0
      for axis in shape.dims.indices where !reduced.contains(axis) {
        target += index / strides[axis] % shape[axis] * places[axis]
      }
      switch kind {
      case .mean, .sum: sums[target] += Double(x[index])
      case .max: sums[target] = Swift.max(sums[target], Double(x[index]))
      case .min: sums[target] = Swift.min(sums[target], Double(x[index]))
      }
    }
    let divisor = kind == .mean ? Double(reduced.reduce(1) { $0 * shape[$1] }) : 1
    let dims = keepDims ? kept.dims : shape.dims.indices.filter { !reduced.contains($0) }.map { shape[$0] }
    return [Tensor(Shape(dims), sums.map { Float($0 / divisor) })]
  }

  public func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 1) }
    let channelsOnly = keepDims && axes.allSatisfy { $0 == -1 || $0 == inputs[0].rank - 1 }
    let keepsPixels = channelsOnly || (isOnePixel(output) && isOnePixel(inputs[0]))
    return keepsPixels ? pointwiseReach(count: 1) : globalReach(count: 1)
  }
}
