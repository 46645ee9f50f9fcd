import Diagnostics
import ModelFiles
import Ops

/// What a layer applies to its result: a function of single elements, or one that mixes the elements along axes.
enum LayerActivation: Hashable, Sendable {
  case elementwise(Activation)
  case softmax(axes: [Int])
  case logSoftmax(axis: Int)
}

extension LayerConfig {
  /// The activation under `key`: a name, a function object or a layer object. Absent means linear.
  func activation(_ key: String = "activation", kerasVersion: String?) throws(ImportError) -> LayerActivation {
    guard let value = value([key]) else { return .elementwise(.linear) }
    if let name = value.string { return try activation(named: name, kerasVersion) }
    guard let name = value["class_name"]?.string else { throw error(key, "the name of an activation") }
    if name == "function", let function = value["config"]?.string ?? value["registered_name"]?.string {
      return try activation(named: function, kerasVersion)
    }
    let inner = LayerConfig(layer: layer, className: name, values: value["config"]?.object ?? [:])
    if let layer = try inner.activationLayer(kerasVersion: kerasVersion) { return layer }
    return try inner.activation(named: snakeCase(name), kerasVersion)
  }

  /// One of `keras.activations`, with this configuration's parameters. Functions of packages stand behind the package's
  /// name.
  private func activation(named name: String, _ kerasVersion: String?) throws(ImportError) -> LayerActivation {
    let bare = name.split(separator: ">").last.map(String.init) ?? name
    switch bare {
    case "softmax": return .softmax(axes: try ints("axis") ?? [-1])
    case "log_softmax": return .logSoftmax(axis: try int("axis", default: -1, in: -Limits.rank...Limits.rank))
    case "hard_sigmoid": return .elementwise(hardSigmoid(kerasVersion))
    case "leaky_relu": return .elementwise(.leakyRelu(try float("negative_slope", "alpha", default: 0.2)))
    case "elu": return .elementwise(.elu(try float("alpha", default: 1)))
    case "celu": return .elementwise(.celu(try float("alpha", default: 1)))
    case "gelu": return .elementwise(try bool("approximate", default: false) ? .geluTanh : .gelu)
    case "squareplus": return .elementwise(.squareplus(try float("b", default: 4)))
    case "soft_shrink": return .elementwise(.softShrink(try float("threshold", default: 0.5)))
    case "hard_shrink": return .elementwise(.hardShrink(try float("threshold", default: 0.5)))
    default:
      guard let function = plainActivations[bare] else { throw unsupported("activation \(printable(name))") }
      return .elementwise(function)
    }
  }

  /// What a layer whose class is an activation applies; nil for other classes.
  func activationLayer(kerasVersion: String?) throws(ImportError) -> LayerActivation? {
    switch className {
    case "Activation": return try activation(kerasVersion: kerasVersion)
    case "ReLU": return .elementwise(try relu())
    case "LeakyReLU": return .elementwise(.leakyRelu(try float("negative_slope", "alpha", default: 0.3)))
    case "ELU": return .elementwise(.elu(try float("alpha", default: 1)))
    case "ThresholdedReLU": return .elementwise(.thresholdedRelu(theta: try float("theta", default: 1)))
    case "Softmax": return .softmax(axes: try ints("axis") ?? [-1])
    case "Swish":
      guard try float("beta", default: 1) == 1 else { throw unsupported("beta other than 1") }
      return .elementwise(.silu)
    default: return nil
    }
  }

  /// `keras.layers.ReLU`: above the threshold `min(x, max_value)`, below it `negative_slope * (x - threshold)`.
  private func relu() throws(ImportError) -> Activation {
    let highest = try float("max_value", default: .infinity)
    let slope = try float("negative_slope", default: 0)
    let threshold = try float("threshold", default: 0)
    guard threshold == 0 else {
      return .reluGeneral(maxValue: highest, negativeSlope: slope, threshold: threshold)
    }
    if slope == 0 { return highest == .infinity ? .relu : .clamp(min: 0, max: highest) }
    return highest == .infinity
      ? .leakyRelu(slope) : .reluGeneral(maxValue: highest, negativeSlope: slope, threshold: 0)
  }
}

/// Up to Keras 2 the slope is 0.2, in Keras 3 it is 1/6.
private func hardSigmoid(_ kerasVersion: String?) -> Activation {
  let isOld = kerasVersion.map { $0.hasPrefix("1.") || $0.hasPrefix("2.") } ?? false
  return .hardSigmoid(alpha: isOld ? 0.2 : 1 / 6, beta: 0.5)
}

/// The functions of `keras.activations` that have no parameters.
private let plainActivations: [String: Activation] = [
  "linear": .linear, "relu": .relu, "relu6": .clamp(min: 0, max: 6), "selu": .selu, "softplus": .softplus,
  "softsign": .softsign, "sigmoid": .sigmoid, "tanh": .tanh, "exponential": .exp, "silu": .silu, "swish": .silu,
  "hard_silu": .hardSwish, "hard_swish": .hardSwish, "mish": .mish, "log_sigmoid": .logSigmoid,
  "hard_tanh": .clamp(min: -1, max: 1), "tanh_shrink": .tanhShrink, "sparse_plus": .sparsePlus,
  "sparse_sigmoid": .hardSigmoid(alpha: 0.5, beta: 0.5),
]

/// The names of all activations, for the list of supported layers.
let activationNames: [String] =
  (plainActivations.keys + [
    "softmax", "log_softmax", "hard_sigmoid", "leaky_relu", "elu", "celu", "gelu", "squareplus", "soft_shrink",
    "hard_shrink",
  ]).sorted()
