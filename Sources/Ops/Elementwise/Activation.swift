/// An elementwise function that an operator applies to what it produces.
///
/// Definitions follow Keras 3 (`keras.activations`, `keras.layers.ReLU`) and the ONNX operators of the same names.
package enum Activation: Sendable, Hashable {
  case linear
  case relu
  /// `min(max(x, min), max)`; `relu6` is `clamp(0, 6)`.
  case clamp(min: Float, max: Float)
  /// `x` if positive, else slope times `x`.
  case leakyRelu(Float)
  /// `x` if positive, else `alpha * (exp(x) - 1)`.
  case elu(Float)
  /// `elu` with the constants of Klambauer et al. 2017.
  case selu
  /// `x` if positive, else `alpha * (exp(x / alpha) - 1)`.
  case celu(Float)
  case sigmoid, tanh
  /// `alpha * x + beta`, clamped to 0 ... 1.
  case hardSigmoid(alpha: Float, beta: Float)
  /// `x * clamp(x + 3, 0, 6) / 6`.
  case hardSwish
  /// `x * sigmoid(x)`, also called swish.
  case silu
  /// Exact, by the error function.
  case gelu
  /// The tanh approximation of `gelu`.
  case geluTanh
  /// `log(1 + exp(x))`.
  case softplus
  /// `x / (1 + |x|)`.
  case softsign
  case exp, log, sqrt, rsqrt, abs, neg, square
  /// `x * tanh(softplus(x))`.
  case mish
  case erf
  /// `x` if greater than theta, else 0.
  case thresholdedRelu(theta: Float)
  /// `min(x, maxValue)` if `x > threshold`, else `negativeSlope * (x - threshold)`: the Keras `ReLU` layer.
  case reluGeneral(maxValue: Float, negativeSlope: Float, threshold: Float)
  /// `-softplus(-x)`.
  case logSigmoid
  /// `1 / x`.
  case reciprocal
  /// `(x + sqrt(x^2 + b)) / 2`.
  case squareplus(Float)
  /// `x - tanh(x)`.
  case tanhShrink
  /// `x` moved towards 0 by the threshold, 0 within it.
  case softShrink(Float)
  /// `x` beyond the threshold on either side, else 0.
  case hardShrink(Float)
  /// 0 up to -1, `x` from 1 on, between them `(x + 1)^2 / 4`.
  case sparsePlus
}

extension Activation: CustomStringConvertible {
  /// The form used in dumps, such as `relu` or `clamp(0,6)`.
  package var description: String {
    switch self {
    case .linear: "linear"
    case .relu: "relu"
    case .clamp(let low, let high): "clamp(\(low),\(high))"
    case .leakyRelu(let slope): "leakyRelu(\(slope))"
    case .elu(let alpha): "elu(\(alpha))"
    case .selu: "selu"
    case .celu(let alpha): "celu(\(alpha))"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    case .hardSigmoid(let alpha, let beta): "hardSigmoid(\(alpha),\(beta))"
    case .hardSwish: "hardSwish"
    case .silu: "silu"
    case .gelu: "gelu"
    case .geluTanh: "geluTanh"
    case .softplus: "softplus"
    case .softsign: "softsign"
    case .exp: "exp"
    case .log: "log"
    case .sqrt: "sqrt"
    case .rsqrt: "rsqrt"
    case .abs: "abs"
    case .neg: "neg"
    case .square: "square"
    case .mish: "mish"
    case .erf: "erf"
    case .thresholdedRelu(let theta): "thresholdedRelu(\(theta))"
    case .reluGeneral(let highest, let slope, let threshold): "reluGeneral(\(highest),\(slope),\(threshold))"
    case .logSigmoid: "logSigmoid"
    case .reciprocal: "reciprocal"
    case .squareplus(let b): "squareplus(\(b))"
    case .tanhShrink: "tanhShrink"
    case .softShrink(let threshold): "softShrink(\(threshold))"
    case .hardShrink(let threshold): "hardShrink(\(threshold))"
    case .sparsePlus: "sparsePlus"
    }
  }

  /// ` activation=relu` for attribute lists; empty for `linear`.
  var suffix: String { self == .linear ? "" : " activation=\(self)" }
}
