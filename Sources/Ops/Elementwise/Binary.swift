package import Graphs
package import Tensors

/// An arithmetic function of two tensors of one data type with NumPy broadcasting, then, for floats, an activation.
///
/// Integers wrap around; what divides by zero is 0. Known elements of int64 are sizes, for which both are errors.
package struct Binary: Op {
  package enum Function: String, Sendable, Hashable, CaseIterable {
    /// `divide` cuts off the fraction of integers.
    case add, subtract, multiply, divide
    /// NaN if either operand is.
    case maximum, minimum
    case power
    /// The quotient rounded down, and what it leaves: a remainder of the divisor's sign, as Python's `//` and `%`.
    case floorDivide, floorRemainder
    /// The remainder of the dividend's sign, as C's `fmod` and `%`.
    case remainder
    /// The angle of the point (b, a), as C's `atan2`; floats only.
    case angle
  }

  package static let name = "binary"

  package var function: Function
  package var activation: Activation

  package init(_ function: Function, activation: Activation = .linear) {
    (self.function, self.activation) = (function, activation)
  }

  package var attributes: String { function.rawValue + activation.suffix }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 2...2)
    let dataType = try inputs.commonDataType(0..<2)
    guard dataType != .bool, dataType.isFloating || function != .angle else {
      throw ShapeError("\(function.rawValue) does not take \(inputs[0])")
    }
    guard activation == .linear || dataType.isFloating else {
      throw ShapeError("an activation must be of floats, gets \(inputs[0])")
    }
    let type = try checkedType(try inputs.broadcastDims(), dataType)
    return [type.isTracked ? type.knowing(try knownResults(inputs, type)) : type]
  }
}
