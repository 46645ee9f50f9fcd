package import Graphs
package import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An elementwise function that no layer applies as its activation, or a function of integers and bools.
package struct Unary: Op {
  package enum Function: String, Sendable, Hashable, CaseIterable {
    /// Of every data type but bool; integers wrap around.
    case negate, abs, square
    /// -1, 0 or 1; NaN stays NaN.
    case sign
    /// To an integral value, halves to the even one; integers stay as they are.
    case floor, ceil, round, truncate
    case sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh
    /// `exp(x) - 1`, `log(1 + x)`.
    case expm1, log1p
    case exp2, log2, log10
    /// Of bools.
    case not
    /// Of floats, to bools.
    case isNaN, isInfinite, isFinite
  }

  package static let name = "unary"

  package var function: Function

  package init(_ function: Function) { self.function = function }

  package var attributes: String { function.rawValue }

  package func outputTypes(_ inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try inputs.require(count: 1...1)
    let dataType = inputs[0].dataType
    let isTaken =
      switch function {
      case .negate, .abs, .square, .sign, .floor, .ceil, .round, .truncate: dataType != .bool
      case .not: dataType == .bool
      default: dataType.isFloating
      }
    guard isTaken else { throw ShapeError("\(function.rawValue) does not take \(inputs[0])") }
    let result: DataType = [.isNaN, .isInfinite, .isFinite].contains(function) ? .bool : dataType
    return [try checkedType(inputs[0].dims, result)]
  }
}

extension Unary.Function {
  /// The plain definition in double precision; 1 is true.
  func apply(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .abs: x.magnitude
    case .square: x * x
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .truncate: x.rounded(.towardZero)
    case .isNaN: x.isNaN ? 1 : 0
    case .isInfinite: x.isInfinite ? 1 : 0
    case .isFinite: x.isFinite ? 1 : 0
    default: transcendental(self, x)
    }
  }

  /// The plain definition for integers and bools.
  func apply(_ x: Int64) -> Int64 {
    switch self {
    case .negate: 0 &- x
    case .abs: x < 0 ? 0 &- x : x
    case .square: x &* x
    case .sign: x.signum()
    case .not: x == 0 ? 1 : 0
    default: x
    }
  }
}

private func transcendental(_ function: Unary.Function, _ x: Double) -> Double {
  switch function {
  case .sin: sin(x)
  case .cos: cos(x)
  case .tan: tan(x)
  case .asin: asin(x)
  case .acos: acos(x)
  case .atan: atan(x)
  case .sinh: sinh(x)
  case .cosh: cosh(x)
  case .asinh: asinh(x)
  case .acosh: acosh(x)
  case .atanh: atanh(x)
  case .expm1: expm1(x)
  case .log1p: log1p(x)
  case .exp2: exp2(x)
  case .log2: log2(x)
  case .log10: log10(x)
  default: preconditionFailure("\(function.rawValue) is defined elsewhere")
  }
}

extension Unary {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let (elements, shape) = (inputs[0].elements, inputs[0].shape)
    let isTest = [.isNaN, .isInfinite, .isFinite].contains(function)
    guard elements.dataType.isFloating else {
      return [Tensor(shape, Tensor.Elements(elements.wholes.map(function.apply), as: elements.dataType))]
    }
    let values = elements.doubles.map(function.apply)
    return [Tensor(shape, Tensor.Elements(values, as: isTest ? .bool : elements.dataType))]
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] { pointwiseReach(count: 1) }
}

extension Unary {
  package func compile(_ site: CompileSite) -> any Step {
    let activation: Activation? =
      switch function {
      case .negate: .neg
      case .abs: .abs
      case .square: .square
      default: nil
      }
    guard let activation, site.inputTypes[0].dataType == .float32 else { return evaluatingStep(self, site) }
    return Activate(activation).compile(site)
  }
}
