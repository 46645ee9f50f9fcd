#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Activation {
  /// The plain definition: evaluated in double precision, rounded once. NaN stays NaN.
  package func apply(_ x: Float) -> Float { Float(define(self, Double(x))) }

  /// The plain definition in double precision.
  func apply(_ x: Double) -> Double { define(self, x) }
}

private func define(_ function: Activation, _ x: Double) -> Double {
  switch function {
  case .linear: x
  case .relu: x < 0 ? 0 : x
  case .clamp(let low, let high): x < Double(low) ? Double(low) : x > Double(high) ? Double(high) : x
  case .leakyRelu(let slope): x < 0 ? Double(slope) * x : x
  case .elu(let alpha): x < 0 ? Double(alpha) * expm1(x) : x
  case .selu: 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * expm1(x) : x)
  case .celu(let alpha): x < 0 ? Double(alpha) * expm1(x / Double(alpha)) : x
  case .sigmoid: sigmoid(x)
  case .tanh: tanh(x)
  case .hardSigmoid(let alpha, let beta): define(.clamp(min: 0, max: 1), Double(alpha) * x + Double(beta))
  case .hardSwish: x * define(.clamp(min: 0, max: 6), x + 3) / 6
  case .silu: x == -.infinity ? 0 : x * sigmoid(x)
  case .gelu: x == -.infinity ? 0 : 0.5 * x * erfc(-x * 0.5.squareRoot())
  case .geluTanh: x == -.infinity ? 0 : 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  case .softplus: softplus(x)
  case .softsign: x.isInfinite ? (x < 0 ? -1 : 1) : x / (1 + x.magnitude)
  case .exp: exp(x)
  case .log: log(x)
  case .sqrt: x.squareRoot()
  case .rsqrt: 1 / x.squareRoot()
  case .abs: x.magnitude
  case .neg: -x
  case .square: x * x
  case .mish: x == -.infinity ? 0 : x * tanh(softplus(x))
  case .erf: erf(x)
  case .thresholdedRelu(let theta): x <= Double(theta) ? 0 : x
  case .reluGeneral(let highest, let slope, let threshold):
    x <= Double(threshold) ? Double(slope) * (x - Double(threshold)) : x > Double(highest) ? Double(highest) : x
  case .logSigmoid: -softplus(-x)
  case .reciprocal: 1 / x
  case .squareplus(let b): squareplus(x, Double(b))
  case .tanhShrink: x - tanh(x)
  case .softShrink(let threshold): x - define(.clamp(min: -threshold, max: threshold), x)
  case .hardShrink(let threshold): x.magnitude <= Double(threshold) ? 0 : x
  case .sparsePlus: x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4
  }
}

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-x.magnitude)) }

/// Without cancellation for negative numbers.
private func squareplus(_ x: Double, _ b: Double) -> Double {
  let sum = x.magnitude + (x * x + b).squareRoot()
  return x < 0 ? b / 2 / sum : sum / 2
}

extension Activation {
  /// `exp` in double precision.
  static func exponential(_ x: Double) -> Double { raise(x) }
}

private func raise(_ x: Double) -> Double { exp(x) }
