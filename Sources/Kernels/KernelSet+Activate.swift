import CKernels

/// Elementwise functions with up to three parameters p0, p1, p2.
///
/// Results are within 2e-7 relative or 1e-7 absolute of the exact value, or for functions that grow like x within that
/// many times |x|.
package enum ActivationKernel: Int32, CaseIterable, Sendable {
  // In the order of the C table.
  /// `min(max(x, p0), p1)`
  case clamp
  /// `x < 0 ? p0 * x : x`
  case leaky
  /// `p1 * (x < 0 ? p0 * (exp(x) - 1) : x)`
  case elu
  /// `x < 0 ? p0 * (exp(x / p0) - 1) : x`
  case celu
  case exp, log, sqrt, rsqrt, reciprocal, abs, neg, square
  case sigmoid, tanh
  /// `x * sigmoid(x)`
  case silu
  /// `log(1 + exp(x))`
  case softplus
  /// `-softplus(-x)`
  case logSigmoid
  /// `x / (1 + |x|)`
  case softsign
  /// `x * tanh(softplus(x))`
  case mish
  case erf
  /// `x / 2 * (1 + erf(x / sqrt 2))`
  case gelu
  /// `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`
  case geluTanh
  /// `clamp(p0 * x + p1, 0, 1)`
  case hardSigmoid
  /// `x * clamp(x + 3, 0, 6) / 6`
  case hardSwish
  /// `x > p0 ? x : 0`
  case thresholded
  /// `x > p2 ? min(x, p0) : p1 * (x - p2)`
  case reluGeneral
  /// `(x + sqrt(x^2 + p0)) / 2`
  case squareplus
  /// `x - tanh(x)`
  case tanhShrink
  /// `x - clamp(x, -p0, p0)`
  case softShrink
  /// `|x| > p0 ? x : 0`
  case hardShrink
  /// `x <= -1 ? 0 : x >= 1 ? x : (x + 1)^2 / 4`
  case sparsePlus
}

extension KernelSet {
  /// `x[i] = f(x[i])`; a NaN stays.
  package func activate(
    _ function: ActivationKernel, _ x: UnsafeMutablePointer<Float>, count: Int, _ p0: Float = 0, _ p1: Float = 0,
    _ p2: Float = 0
  ) {
    ck_activate_of(table, function.rawValue)(x, count, p0, p1, p2)
  }
}
