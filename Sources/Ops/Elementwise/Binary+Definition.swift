package import Graphs
package import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Binary.Function {
  /// The plain definition in double precision.
  func apply(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: a < b || b.isNaN ? b : a
    case .minimum: b < a || b.isNaN ? b : a
    case .power: pow(a, b)
    case .floorDivide: floorQuotient(a, b)
    case .floorRemainder: floorRest(a, b)
    case .remainder: fmod(a, b)
    case .angle: atan2(a, b)
    }
  }

  /// The plain definition for integers.
  func apply(_ a: Int64, _ b: Int64) -> Int64 {
    switch self {
    case .add: return a &+ b
    case .subtract: return a &- b
    case .multiply: return a &* b
    case .divide: return quotient(a, b)
    case .maximum: return max(a, b)
    case .minimum: return min(a, b)
    case .power: return integerPower(a, b)
    case .floorDivide: return quotient(a, b) - (haveOppositeRemainders(a, b) ? 1 : 0)
    case .floorRemainder: return rest(a, b) + (haveOppositeRemainders(a, b) ? b : 0)
    case .remainder: return rest(a, b)
    case .angle: preconditionFailure("integers have no angle")
    }
  }
}

extension Binary.Function {
  /// The same where neither a division by zero nor an overflow makes it another number.
  fileprivate func exact(_ a: Int64, _ b: Int64) -> Int64? {
    let (_, hasOverflow): (Int64, Bool) =
      switch self {
      case .add: a.addingReportingOverflow(b)
      case .subtract: a.subtractingReportingOverflow(b)
      case .multiply: a.multipliedReportingOverflow(by: b)
      case .divide, .floorDivide: a.dividedReportingOverflow(by: b)
      case .remainder, .floorRemainder: (0, b == 0)
      case .power: (0, isBeyondPower(a, b))
      case .maximum, .minimum, .angle: (0, false)
      }
    return hasOverflow ? nil : apply(a, b)
  }
}

/// Whether a power has more than 64 bits, or is a fraction of 0.
private func isBeyondPower(_ a: Int64, _ b: Int64) -> Bool {
  guard a.magnitude > 1 else { return a == 0 && b < 0 }
  guard b > 0 else { return false }
  var power: Int64 = 1
  for _ in 0..<min(b, 64) {
    let (next, hasOverflow) = power.multipliedReportingOverflow(by: a)
    if hasOverflow { return true }
    power = next
  }
  return b > 64
}

/// The remainder of the divisor's sign.
private func floorRest(_ a: Double, _ b: Double) -> Double {
  let rest = fmod(a, b)
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
}

/// The quotient rounded down: by the remainder, since the rounded quotient may reach the next integer.
private func floorQuotient(_ a: Double, _ b: Double) -> Double {
  b == 0 || a.isInfinite || !b.isFinite ? (a / b).rounded(.down) : ((a - floorRest(a, b)) / b).rounded()
}

private func quotient(_ a: Int64, _ b: Int64) -> Int64 { b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue }

private func rest(_ a: Int64, _ b: Int64) -> Int64 {
  b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
}

private func haveOppositeRemainders(_ a: Int64, _ b: Int64) -> Bool {
  let left = rest(a, b)
  return left != 0 && (left < 0) != (b < 0)
}

/// By squaring; the whole part of the fraction for a negative exponent.
private func integerPower(_ a: Int64, _ b: Int64) -> Int64 {
  guard b >= 0 else { return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0 }
  var (result, square, rest): (Int64, Int64, Int64) = (1, a, b)
  while rest > 0 {
    if rest & 1 == 1 { result = result &* square }
    square = square &* square
    rest >>= 1
  }
  return result
}

extension Binary {
  package func evaluate(_ inputs: [Tensor]) -> [Tensor] {
    let operands = inputs.broadcast()
    let (a, b) = (operands[0].elements, operands[1].elements)
    let elements: Tensor.Elements =
      switch (a, b) {
      case (.float32(let a), .float32(let b)):
        .float32(zip(a, b).map { activation.apply(Float(function.apply(Double($0), Double($1)))) })
      case (.float64(let a), .float64(let b)): .float64(zip(a, b).map { activation.apply(function.apply($0, $1)) })
      default: Tensor.Elements(zip(a.wholes, b.wholes).map(function.apply), as: a.dataType)
      }
    return [Tensor(operands[0].shape, elements)]
  }

  /// What is known of the results of integers of which some are known.
  ///
  /// Errors: one of int64 that divides by zero, or is too large.
  func knownResults(_ inputs: [TensorType], _ type: TensorType) throws(ShapeError) -> [Int?]? {
    guard let shape = type.shape else { return nil }
    let operands = inputs.map { input -> [Int?]? in
      guard let own = input.shape, let elements = input.elements else { return nil }
      // Labels of the elements, repeated as the elements are.
      let labels = Tensor(own, .int64((0..<own.count).map { Int64($0) })).broadcast(to: shape).integers
      return labels.map { elements[Int($0)] }
    }
    guard let a = operands[0], let b = operands[1] else { return nil }
    return try zip(a, b).map { (a, b) throws(ShapeError) in
      guard let a, let b else { return nil }
      guard type.dataType == .int64 else {
        return Int(Int32(truncatingIfNeeded: function.apply(Int64(a), Int64(b))))
      }
      guard let result = function.exact(Int64(a), Int64(b)) else {
        throw ShapeError("\(function.rawValue) of the sizes \(a) and \(b) has no result of 64 bits")
      }
      return Int(result)
    }
  }

  package func reach(_ inputs: [TensorType]) -> [Reach] {
    guard let output = try? outputTypes(inputs)[0] else { return globalReach(count: 2) }
    return broadcastReach(inputs, output)
  }
}
