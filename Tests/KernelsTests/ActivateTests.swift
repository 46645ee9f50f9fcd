import Foundation
import Kernels
import Testing

struct ActivateTests {
  static let p: (Float, Float, Float) = (0.75, 1.25, -0.5)

  /// The definition in double precision.
  private func definition(_ function: ActivationKernel, _ x: Double) -> Double {
    let (p0, p1, p2) = (0.75, 1.25, -0.5)
    if x == -.infinity, [.silu, .gelu, .geluTanh, .mish].contains(function) { return 0 }
    let sigmoid = x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
    func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
    switch function {
    case .clamp: return min(max(x, p0), p1)
    case .leaky: return x < 0 ? p0 * x : x
    case .elu: return p1 * (x < 0 ? p0 * expm1(x) : x)
    case .celu: return x < 0 ? p0 * expm1(x / p0) : x
    case .exp: return exp(x)
    case .log: return log(x)
    case .sqrt: return sqrt(x)
    case .rsqrt: return 1 / sqrt(x)
    case .reciprocal: return 1 / x
    case .abs: return abs(x)
    case .neg: return -x
    case .square: return x * x
    case .sigmoid: return sigmoid
    case .tanh: return tanh(x)
    case .silu: return x * sigmoid
    case .softplus: return softplus(x)
    case .logSigmoid: return -softplus(-x)
    case .softsign: return x.isInfinite ? (x < 0 ? -1 : 1) : x / (1 + abs(x))
    case .mish: return x * tanh(softplus(x))
    case .erf: return erf(x)
    case .gelu: return 0.5 * x * erfc(-x / 2.0.squareRoot())
    case .geluTanh: return 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .hardSigmoid: return min(max(p0 * x + p1, 0), 1)
    case .hardSwish: return x * min(max(x + 3, 0), 6) / 6
    case .thresholded: return x > p0 ? x : 0
    case .reluGeneral: return x > p2 ? min(x, p0) : p1 * (x - p2)
    case .squareplus: return x < 0 ? p0 / 2 / (sqrt(x * x + p0) - x) : (x + sqrt(x * x + p0)) / 2
    case .tanhShrink: return x - tanh(x)
    case .softShrink: return x - min(max(x, -p0), p0)
    case .hardShrink: return abs(x) > p0 ? x : 0
    case .sparsePlus: return x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4
    }
  }

  @Test(arguments: ActivationKernel.allCases)
  func `functions follow their definitions from tiny to saturating arguments`(_ function: ActivationKernel) {
    var arguments: [Float] = [0, 1, -1, 0.5, -0.5, 1e-30, -1e-30, 88, -88, 100, -100, 1e4, -1e4, .infinity, -.infinity]
    var numbers = Numbers(5)
    for scale: Float in [1e-4, 0.1, 1, 4, 12, 40] { arguments += numbers.floats(40, scale) }
    for kernels in KernelSet.available {
      let x = Fenced(arguments)
      kernels.activate(function, x.base, count: x.count, Self.p.0, Self.p.1, Self.p.2)
      var worst = ("", 0.0)
      for (argument, result) in zip(arguments, x.values) {
        let expected = definition(function, Double(argument))
        if expected.isNaN || Double(Float(expected)).isInfinite || result.isNaN || result.isInfinite {
          let same = result.isNaN == expected.isNaN && (result.isNaN || result == Float(expected))
          if !same { worst = ("f(\(argument)) = \(result), expected \(expected)", .infinity) }
          continue
        }
        let error = abs(Double(result) - expected) / max(1e-7, 2e-7 * abs(expected), 2e-7 * abs(Double(argument)) * 0.5)
        if error > worst.1 { worst = ("f(\(argument)) = \(result), expected \(expected)", error) }
      }
      #expect(worst.1 <= 1, "\(kernels.isa) \(function): \(worst)")
      #expect(x.intact)
    }
  }

  @Test(arguments: ActivationKernel.allCases)
  func `an element does not depend on its place, and a NaN stays`(_ function: ActivationKernel) {
    for kernels in KernelSet.available {
      for count in kernels.edges {
        var numbers = Numbers(UInt64(count))
        var values = numbers.floats(count, 3)
        if count > 1 { values[count - 2] = .nan }
        let whole = Fenced(values), parts = Fenced(values)
        kernels.activate(function, whole.base, count: count, Self.p.0, Self.p.1, Self.p.2)
        for i in 0..<count { kernels.activate(function, parts.base + i, count: 1, Self.p.0, Self.p.1, Self.p.2) }
        #expect(whole.intact && parts.intact)
        for i in 0..<count {
          let (a, b) = (whole.base[i], parts.base[i])
          #expect(
            a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN), "\(kernels.isa) \(function) at \(i) of \(count)")
        }
        if count > 1 { #expect(whole.base[count - 2].isNaN, "\(kernels.isa) \(function)") }
      }
    }
  }
}
