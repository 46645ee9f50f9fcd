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
