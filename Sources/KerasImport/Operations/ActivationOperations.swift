import Graphs
import ModelFiles
import Ops

let activationOperations: [OperationRule] =
  [
    ("Relu", "relu", "nn.relu compat.v1.nn.relu", "features=x"), ("Relu6", "relu6", "nn.relu6", "features=x"),
    ("Selu", "selu", "nn.selu", "features=x"), ("Sigmoid", "sigmoid", "math.sigmoid sigmoid nn.sigmoid", "x"),
    ("Tanh", "tanh", "math.tanh tanh nn.tanh", "x"),
    ("Softplus", "softplus", "math.softplus nn.softplus", "features=x"),
    ("Softsign", "softsign", "nn.softsign math.softsign", "features=x"),
    ("LogSigmoid", "log_sigmoid", "math.log_sigmoid", "x"), ("HardSilu", "hard_silu", "", ""),
    ("HardSigmoid", "hard_sigmoid", "", ""), ("HardTanh", "hard_tanh", "", ""), ("Mish", "mish", "", ""),
    ("TanhShrink", "tanh_shrink", "", ""), ("SparsePlus", "sparse_plus", "", ""),
    ("SparseSigmoid", "sparse_sigmoid", "", ""),
  ].map { name, activation, symbols, signature in
    OperationRule(name, "x", tensorFlow: symbols.isEmpty ? [:] : [symbols: signature], note: "activation") {
      (site) throws(ImportError) in try apply(activation, site)
    }
  }
  + [
    OperationRule("Silu", "x beta", tensorFlow: ["nn.silu nn.swish": "features=x beta"], note: "activation") {
      (site) throws(ImportError) in
      guard try site.number("beta") ?? 1 == 1 else { throw site.config.unsupported("beta other than 1") }
      return try apply("silu", site)
    },
    OperationRule(
      "LeakyRelu", "x negative_slope", tensorFlow: ["nn.leaky_relu": "features=x alpha=negative_slope"],
      note: "activation with slope"
    ) { (site) throws(ImportError) in try apply("leaky_relu", site, ["negative_slope"]) },
    OperationRule("Elu", "x alpha", tensorFlow: ["nn.elu": "features=x"], note: "activation with alpha") {
      (site) throws(ImportError) in try apply("elu", site, ["alpha"])
    },
    OperationRule("Celu", "x alpha", note: "activation with alpha") { (site) throws(ImportError) in
      try apply("celu", site, ["alpha"])
    },
    OperationRule("Squareplus", "x b", note: "activation with b") { (site) throws(ImportError) in
      try apply("squareplus", site, ["b"])
    },
    OperationRule("SoftShrink", "x threshold", note: "activation with threshold") { (site) throws(ImportError) in
      try apply("soft_shrink", site, ["threshold"])
    },
    OperationRule("HardShrink", "x threshold", note: "activation with threshold") { (site) throws(ImportError) in
      try apply("hard_shrink", site, ["threshold"])
    },
    OperationRule(
      "Gelu", "x approximate", tensorFlow: ["nn.gelu": "features=x approximate"],
      note: "activation, exact or approximated by tanh"
    ) { (site) throws(ImportError) in
      // The function of Keras approximates where nothing is said, its activation and TensorFlow's function do not.
      let approximates = try site.bool("approximate", default: !site.isTensorFlow)
      return try apply("gelu", site, values: ["approximate": .bool(approximates)])
    },
    OperationRule(
      "ReLU", "x negative_slope max_value threshold", note: "activation with maximum, slope and threshold"
    ) { (site) throws(ImportError) in try apply("ReLU", site, ["negative_slope", "max_value", "threshold"]) },
    OperationRule(
      "Softmax", "x axis", tensorFlow: ["nn.softmax compat.v1.nn.softmax": "logits=x axis"],
      note: "along one axis or several"
    ) { (site) throws(ImportError) in
      let axes = try site.ints("axis") ?? [-1]
      return try apply("softmax", site, values: ["axis": .array(axes.map { .integer($0) })])
    },
    OperationRule("LogSoftmax", "x axis", tensorFlow: ["nn.log_softmax": "logits=x axis"], note: "along one axis") {
      (site) throws(ImportError) in
      try apply("log_softmax", site, values: ["axis": .integer(try site.int("axis", default: -1))])
    },
  ]

/// Adds one of `keras.activations`, with the numbers that the call gives for its parameters.
private func apply(
  _ name: String, _ site: OperationSite, _ parameters: [String] = [], values: [String: JSON] = [:]
) throws(ImportError) -> [Value] {
  var values = values
  for parameter in parameters {
    if let number = try site.number(parameter) { values[parameter] = .number(number) }
  }
  let config = LayerConfig(
    layer: site.config.layer, className: site.config.className,
    values: ["activation": .object(["class_name": .string(name), "config": .object(values)])])
  let activation = try config.activation(kerasVersion: site.site.builder.kerasVersion)
  return [try site.site.apply(activation, to: try site.float(try site.tensor("x")))]
}
