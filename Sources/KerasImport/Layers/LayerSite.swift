import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

/// One call of one layer while the graph is built: its configuration, what it reads, its weights, and the graph it adds
/// to.
struct LayerSite {
  let config: LayerConfig
  /// The name of the node that carries the layer's result.
  let name: String
  let entry: LayerEntry
  /// The structure in which the call gives its tensors.
  let arguments: CallArguments<Value>
  let builder: GraphBuilder

  /// All tensors that the layer reads.
  var inputs: [Value] { arguments.leaves }

  init(
    config: LayerConfig, name: String, entry: LayerEntry, arguments: CallArguments<Value>, builder: GraphBuilder
  ) {
    (self.config, self.name, self.entry, self.arguments, self.builder) = (config, name, entry, arguments, builder)
  }

  /// A call with these tensors and nothing else.
  init(config: LayerConfig, name: String, entry: LayerEntry, inputs: [Value], builder: GraphBuilder) {
    self.init(config: config, name: name, entry: entry, arguments: CallArguments(inputs), builder: builder)
  }

  /// The only tensor that the layer reads.
  func input() throws(ImportError) -> Value {
    guard inputs.count == 1 else {
      throw ImportError(
        .malformed, config.layer, "\(config.className) takes one tensor, the model gives it \(inputs.count)")
    }
    return inputs[0]
  }

  func type(_ value: Value) -> TensorType { builder.graph[value] }

  func lastDimension(_ value: Value) throws(ImportError) -> Int {
    guard let channels = type(value).dims.last ?? nil, channels > 0 else {
      throw ImportError(
        .unsupported, config.layer, "\(config.className) needs a known number of channels, it is given \(type(value))",
        remedy: .advice("save the model with the number of channels in its input shape"))
    }
    return channels
  }

  /// A variable of this shape as a constant; unknown dimensions take the file's. `leading` dimensions of 1 are put
  /// before them.
  func weight(_ variable: String, _ shape: [Int?], leading: Int = 0) throws(ImportError) -> Value {
    try builder.weight(entry, variable, shape, leading: leading)
  }

  /// Adds an operator; `part` names those that are not the layer's last.
  func add(_ op: any Op, _ inputs: [Value], part: String? = nil) throws(ImportError) -> Value {
    do { return try builder.graph.add(op, inputs, name: part.map { name + "/" + $0 } ?? name) } catch {
      throw ImportError(.malformed, config.layer, "\(config.className): \(error.what)")
    }
  }

  func constant(_ shape: Shape, _ values: [Float], part: String) -> Value {
    builder.graph.constant(Tensor(shape, values), name: name + "/" + part)
  }

  /// The layer's activation, split into what the operator itself applies and what must follow it.
  func activation() throws(ImportError) -> (fused: Activation, rest: LayerActivation?) {
    let activation = try config.activation(kerasVersion: builder.kerasVersion)
    if case .elementwise(let function) = activation { return (function, nil) }
    return (.linear, activation)
  }

  /// Adds what follows an operator, if there is something.
  func finish(_ value: Value, _ rest: LayerActivation?) throws(ImportError) -> Value {
    guard let rest else { return value }
    return try apply(rest, to: value, part: "softmax")
  }

  /// A product of sizes from a file.
  func product(_ factors: Int...) throws(ImportError) -> Int {
    var result = 1
    for factor in factors {
      let (next, overflow) = result.multipliedReportingOverflow(by: factor)
      guard !overflow, next <= Limits.dimension else {
        throw ImportError(.malformed, config.layer, "\(config.className): \(factors) channels are too many")
      }
      result = next
    }
    return result
  }
}
