import Graphs
import Ops

let activationOperations: [OperationRule] =
  [
    ("Relu", "nn.relu compat.v1.nn.relu", "features=x", Activation.relu), ("Relu6", "nn.relu6", "features=x", .clamp(min: 0, max: 6)),
    ("Selu", "nn.selu", "features=x", .selu), ("Sigmoid", "math.sigmoid sigmoid nn.sigmoid", "x", .sigmoid),
    ("Tanh", "math.tanh tanh nn.tanh", "x", .tanh), ("Softplus", "math.softplus nn.softplus", "features=x", .softplus),
    ("Softsign", "nn.softsign math.softsign", "features=x", .softsign),
    ("LogSigmoid", "math.log_sigmoid", "x", .logSigmoid), ("HardSilu", "", "", .hardSwish),
    ("HardSigmoid", "", "", .hardSigmoid(alpha: 1 / 6, beta: 0.5)), ("HardTanh", "", "", .clamp(min: -1, max: 1)),
    ("Mish", "", "", .mish),
  ].map { name, symbols, signature, function in
    OperationRule(name, "x", tensorFlow: symbols.isEmpty ? [:] : [symbols: signature], note: "activation") {
      (site) throws(KerasError) in try activation(site, function)
    }
  }
  + [
    OperationRule("Silu", "x beta", tensorFlow: ["nn.silu nn.swish": "features=x beta"], note: "activation") {
      (site) throws(KerasError) in
      guard try site.number("beta") ?? 1 == 1 else { throw site.config.unsupported("beta other than 1") }
      return try activation(site, .silu)
    },
    OperationRule(
      "LeakyRelu", "x negative_slope", tensorFlow: ["nn.leaky_relu": "features=x alpha=negative_slope"],
      note: "activation with slope"
    ) { (site) throws(KerasError) in
      try activation(site, .leakyRelu(Float(try site.number("negative_slope") ?? 0.2)))
    },
    OperationRule("Elu", "x alpha", tensorFlow: ["nn.elu": "features=x"], note: "activation with alpha") {
      (site) throws(KerasError) in try activation(site, .elu(Float(try site.number("alpha") ?? 1)))
    },
    OperationRule("Celu", "x alpha", note: "activation with alpha") {
      (site) throws(KerasError) in try activation(site, .celu(Float(try site.number("alpha") ?? 1)))
    },
    OperationRule(
      "Gelu", "x approximate", tensorFlow: ["nn.gelu": "features=x approximate"], note: "activation, exact or by tanh"
    ) { (site) throws(KerasError) in
      // The function of Keras approximates where nothing is said, that of TensorFlow does not.
      let isTensorFlow = site.site.entry.isKeras2Operation
      return try activation(site, try site.bool("approximate", default: !isTensorFlow) ? .geluTanh : .gelu)
    },
    OperationRule("ReLU", "x negative_slope max_value threshold", note: "activation with maximum, slope and threshold") {
      (site) throws(KerasError) in
      let highest = Float(try site.number("max_value") ?? .infinity)
      let slope = Float(try site.number("negative_slope") ?? 0)
      let threshold = Float(try site.number("threshold") ?? 0)
      return try activation(site, .relu(maxValue: highest, negativeSlope: slope, threshold: threshold))
    },
    OperationRule(
      "Softmax", "x axis", tensorFlow: ["nn.softmax compat.v1.nn.softmax": "logits=x axis"],
      note: "along one axis or several"
    ) { (site) throws(KerasError) in
      let x = try site.float(try site.tensor("x"))
      let axes = try site.axes("axis", of: x) ?? [site.type(x).rank - 1]
      if axes.count == 1 { return [try site.add(Softmax(axis: axes[0]), [x])] }
      let power = try site.add(Activate(.exp), [try centred(site, x, axes)], part: "exp")
      let sum = try site.add(Reduce(kind: .sum, axes: axes, keepDims: true), [power], part: "sum")
      return [try site.add(Binary(.divide), [power, sum])]
    },
    OperationRule(
      "LogSoftmax", "x axis", tensorFlow: ["nn.log_softmax": "logits=x axis"], note: "along one axis or several"
    ) { (site) throws(KerasError) in
      let x = try site.float(try site.tensor("x"))
      let axes = try site.axes("axis", of: x) ?? [site.type(x).rank - 1]
      let centred = try centred(site, x, axes)
      let sum = try site.add(Reduce(kind: .logSumExp, axes: axes, keepDims: true), [centred], part: "log_sum")
      return [try site.add(Binary(.subtract), [centred, sum])]
    },
  ]

private func activation(_ site: OperationSite, _ function: Activation) throws(KerasError) -> [Value] {
  [try site.add(Activate(function), [try site.float(try site.tensor("x"))])]
}

/// The values less the largest of them along some axes.
private func centred(_ site: OperationSite, _ x: Value, _ axes: [Int]) throws(KerasError) -> Value {
  let highest = try site.add(Reduce(kind: .max, axes: axes, keepDims: true), [x], part: "max")
  return try site.add(Binary(.subtract), [x, highest], part: "centred")
}

extension Activation {
  /// `keras.layers.ReLU`: above the threshold `min(x, maxValue)`, below it `negativeSlope * (x - threshold)`; the simplest
  /// form that says so.
  static func relu(maxValue: Float, negativeSlope: Float, threshold: Float) -> Activation {
    guard threshold == 0 else {
      return .reluGeneral(maxValue: maxValue, negativeSlope: negativeSlope, threshold: threshold)
    }
    if negativeSlope == 0 { return maxValue == .infinity ? .relu : .clamp(min: 0, max: maxValue) }
    return maxValue == .infinity
      ? .leakyRelu(negativeSlope) : .reluGeneral(maxValue: maxValue, negativeSlope: negativeSlope, threshold: 0)
  }
}
