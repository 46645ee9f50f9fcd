import Diagnostics
import ModelFiles

/// What one operator of a TensorFlow graph is called as a function, for layers that keep a node of a graph.
struct NodeRule {
  /// The public name of the function, without `tf.`.
  let function: String
  /// The parameters that its inputs are given for, in order; one with a star takes all inputs that the others leave.
  let inputs: [String]
  /// The parameters that attributes are given for, by attribute.
  let attributes: [String: String]

  /// `function input... attribute@parameter...`; `attribute@` alone stands for a parameter of the attribute's name.
  fileprivate init(_ signature: String) {
    let words = signature.split(separator: " ").map(String.init)
    var attributes: [String: String] = [:]
    for word in words.dropFirst() {
      guard let mark = word.firstIndex(of: "@") else { continue }
      let name = String(word[..<mark]), parameter = String(word[word.index(after: mark)...])
      attributes[name] = parameter.isEmpty ? name : parameter
    }
    (function, inputs, self.attributes) = (words[0], words.dropFirst().filter { !$0.contains("@") }, attributes)
  }

  /// The rule for an operator; nil for those that are not known.
  static func named(_ operation: String) -> NodeRule? { all[operation] }

  private static let all: [String: NodeRule] = {
    var result: [String: NodeRule] = [:]
    for (operations, signature) in signatures {
      for operation in operations.split(separator: " ") { result[String(operation)] = NodeRule(signature) }
    }
    return result
  }()

  fileprivate static let signatures: KeyValuePairs<String, String> = [
    // Arithmetic.
    "Add AddV2": "math.add x y", "Sub": "math.subtract x y", "Mul": "math.multiply x y", "RealDiv": "math.divide x y",
    "DivNoNan": "math.divide_no_nan x y", "FloorDiv": "math.floordiv x y", "FloorMod": "math.floormod x y",
    "Pow": "math.pow x y", "Maximum": "math.maximum x y", "Minimum": "math.minimum x y",
    "SquaredDifference": "math.squared_difference x y", "AddN": "math.add_n inputs*",
    "BiasAdd": "nn.bias_add value bias data_format@", "MatMul": "linalg.matmul a b transpose_a@ transpose_b@",
    "BatchMatMul BatchMatMulV2": "linalg.matmul a b adj_x@adjoint_a adj_y@adjoint_b",
    // Conditions.
    "Greater": "math.greater x y", "GreaterEqual": "math.greater_equal x y", "Less": "math.less x y",
    "LessEqual": "math.less_equal x y", "Equal": "math.equal x y", "NotEqual": "math.not_equal x y",
    "LogicalAnd": "math.logical_and x y", "LogicalOr": "math.logical_or x y", "LogicalNot": "math.logical_not x",
    "SelectV2": "where condition x y",
    // Each element.
    "Abs": "math.abs x", "Neg": "math.negative x", "Square": "math.square x", "Sign": "math.sign x",
    "Floor": "math.floor x", "Ceil": "math.ceil x", "Round": "math.round x", "Sqrt": "math.sqrt x",
    "Rsqrt": "math.rsqrt x", "Exp": "math.exp x", "Expm1": "math.expm1 x", "Log": "math.log x", "Log1p": "math.log1p x",
    "Reciprocal Inv": "math.reciprocal x", "Erf": "math.erf x", "Sin": "math.sin x", "Cos": "math.cos x",
    "Tanh": "math.tanh x", "Sigmoid": "math.sigmoid x", "Relu": "nn.relu features", "Relu6": "nn.relu6 features",
    "Selu": "nn.selu features", "Elu": "nn.elu features", "LeakyRelu": "nn.leaky_relu features alpha@",
    "Softplus": "nn.softplus features", "Softsign": "nn.softsign features", "Softmax": "nn.softmax logits",
    "LogSoftmax": "nn.log_softmax logits", "Cast": "cast x DstT@dtype", "Identity StopGradient": "identity input",
    "ClipByValue": "clip_by_value t clip_value_min clip_value_max",
    // Reductions.
    "Mean": "math.reduce_mean input_tensor axis keep_dims@keepdims",
    "Sum": "math.reduce_sum input_tensor axis keep_dims@keepdims",
    "Prod": "math.reduce_prod input_tensor axis keep_dims@keepdims",
    "Max": "math.reduce_max input_tensor axis keep_dims@keepdims",
    "Min": "math.reduce_min input_tensor axis keep_dims@keepdims",
    "Any": "math.reduce_any input_tensor axis keep_dims@keepdims",
    "All": "math.reduce_all input_tensor axis keep_dims@keepdims", "ArgMax": "math.argmax input axis",
    "ArgMin": "math.argmin input axis",
    // Shapes and parts.
    "Reshape": "reshape tensor shape", "Transpose": "transpose a perm", "ExpandDims": "expand_dims input axis",
    "Squeeze": "squeeze input squeeze_dims@axis", "ConcatV2": "concat values* axis", "Pack": "stack values* axis@",
    "Unpack": "unstack value num@ axis@", "Split": "split axis value num_split@num_or_size_splits",
    "SplitV": "split value num_or_size_splits axis", "Tile": "tile input multiples",
    "BroadcastTo": "broadcast_to input shape", "Shape": "shape input", "ZerosLike": "zeros_like input",
    "OnesLike": "ones_like input", "Slice": "slice input_ begin size", "ReverseV2": "reverse tensor axis",
    "Roll": "roll input shift axis", "GatherV2": "gather params indices axis batch_dims@", "Pad": "pad tensor paddings",
    "PadV2": "pad tensor paddings constant_values", "MirrorPad": "pad tensor paddings mode@",
    "StridedSlice":
      "__operators__.getitem tensor begin end strides begin_mask@ end_mask@ ellipsis_mask@ new_axis_mask@ shrink_axis_mask@",
    // Images.
    "ResizeBilinear": "compat.v1.image.resize_bilinear images size align_corners@ half_pixel_centers@",
    "ResizeNearestNeighbor": "compat.v1.image.resize_nearest_neighbor images size align_corners@ half_pixel_centers@",
    "MaxPool": "compat.v1.nn.max_pool value ksize@ strides@ padding@ data_format@",
    "AvgPool": "compat.v1.nn.avg_pool value ksize@ strides@ padding@ data_format@",
    "Conv2D": "nn.conv2d input filters strides@ padding@ data_format@ dilations@",
    "DepthToSpace": "nn.depth_to_space input block_size@ data_format@",
    "SpaceToDepth": "nn.space_to_depth input block_size@ data_format@",
  ]
}

extension KerasSupport {
  /// Operators of nodes that are read, and the function of TensorFlow that each is read as.
  package static let nodes: [(operators: [String], function: String)] = NodeRule.signatures.map {
    operators, signature in
    (operators.split(separator: " ").map(String.init), NodeRule(signature).function)
  }
}

extension NodeRule {
  /// Attributes that say nothing that the inputs do not say.
  private static let silent: Set<String> = ["N", "num_split", "use_cudnn_on_gpu", "incompatible_shape_error"]

  /// A call of the function: the inputs, in the node's order, and what the attributes say. Errors: inputs of another number, and
  /// attributes that are not known and say something.
  func call<Leaf>(
    _ inputs: [Argument<Leaf>], _ node: NodeDefinition, _ site: String
  ) throws(ImportError) -> CallArguments<Leaf> {
    var result = CallArguments<Leaf>()
    let extra = inputs.count - self.inputs.count
    let isList = self.inputs.contains { $0.hasSuffix("*") }
    guard extra == 0 || isList && extra >= -1 else {
      throw ImportError(.malformed, site, "\(node.operation) is given \(inputs.count) inputs")
    }
    var rest = inputs[...]
    for parameter in self.inputs {
      if parameter.hasSuffix("*") {
        result.keywords[String(parameter.dropLast())] = .list(Array(rest.prefix(extra + 1)))
        rest = rest.dropFirst(extra + 1)
      } else {
        result.keywords[parameter] = rest.removeFirst()
      }
    }
    for (name, value) in node.attributes {
      if let parameter = attributes[name] {
        result.keywords[parameter] = try Argument(plain: value, site)
      } else if !value.isSilent, !NodeRule.silent.contains(name), !name.hasPrefix("_") {
        throw ImportError(
          .unsupported, site, "\(node.operation) with the attribute \(printable(name)), which is not known here")
      }
    }
    for (name, type) in node.types {
      guard let parameter = attributes[name] else { continue }
      result.keywords[parameter] = .string(type.hasPrefix("DT_") ? String(type.dropFirst(3)).lowercased() : type)
    }
    return node.operation == "StridedSlice" ? try result.indexed(site) : result
  }
}

extension JSON {
  /// True for an attribute that asks for nothing.
  fileprivate var isSilent: Bool {
    switch self {
    case .null, .bool(false): true
    case .array(let elements): elements.isEmpty
    default: false
    }
  }
}

extension CallArguments {
  /// The arguments of `StridedSlice` as an index: a bit of a mask says what an element of `begin`, `end` and `strides` means.
  fileprivate func indexed(_ site: String) throws(ImportError) -> CallArguments {
    func elements(_ name: String) throws(ImportError) -> [Argument<Leaf>] {
      switch keywords[name] {
      case .list(let elements)?: return elements
      case .integer(let number)?: return [.integer(number)]
      default: throw ImportError(.unsupported, site, "StridedSlice at places that the file does not say")
      }
    }
    func mask(_ name: String) -> Int { if case .integer(let bits)? = keywords[name + "_mask"] { bits } else { 0 } }
    let (starts, stops, steps) = (try elements("begin"), try elements("end"), try elements("strides"))
    guard starts.count == stops.count, starts.count == steps.count, starts.count < Int.bitWidth else {
      throw ImportError(.malformed, site, "StridedSlice has begin, end and strides of different lengths")
    }
    var key: [Argument<Leaf>] = []
    for place in starts.indices {
      func has(_ name: String) -> Bool { mask(name) >> place & 1 == 1 }
      if has("ellipsis") {
        key.append(.ellipsis)
      } else if has("new_axis") {
        key.append(.null)
      } else if has("shrink_axis") {
        key.append(starts[place])
      } else {
        key.append(
          .slice(
            start: has("begin") ? .null : starts[place], stop: has("end") ? .null : stops[place], step: steps[place]))
      }
    }
    var result = CallArguments()
    result.keywords = ["tensor": keywords["tensor"] ?? .null, "slice_spec": .list(key)]
    return result
  }
}
