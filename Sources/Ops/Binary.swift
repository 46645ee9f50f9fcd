public import Graphs
public import Tensors

/// An arithmetic function of two float32 tensors with NumPy broadcasting, then an activation.
public struct Binary: Op {
  public enum Function: String, Sendable, Hashable, CaseIterable {
    case add, subtract, multiply, divide, maximum, minimum, power
  }

  public static let name = "binary"

  public var function: Function
  public var activation: Activation

  public init(_ function: Function, activation: Activation = .linear) {
    (self.function, self.activation) = (function, activation)
  }

  public var attributes: String { function.rawValue + activation.suffix }

  public func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...2)
    return [try checkedType(try broadcastDims(try inputs.float(0).dims, try inputs.float(1).dims))]
  }
}

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
