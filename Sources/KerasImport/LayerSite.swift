import Graphs
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

  /// The only tensor that the layer reads.
  func input() throws(KerasError) -> Value {
    guard inputs.count == 1 else {
      throw KerasError(
        .malformed, config.layer, "\(config.className) takes one tensor, the model gives it \(inputs.count)")
    }
    return inputs[0]
  }

  func type(_ value: Value) -> TensorType { builder.graph[value] }

  /// The number of channels of an NHWC image.
  func imageChannels(_ value: Value) throws(KerasError) -> Int {
    let type = type(value)
    guard type.rank == 4 else {
      throw KerasError(
        .unsupported, config.layer, "\(config.className) is given \(type), which is not a batch of images")
    }
    return try lastDimension(value)
  }

  func lastDimension(_ value: Value) throws(KerasError) -> Int {
    guard let channels = type(value).dims.last ?? nil, channels > 0 else {
      throw KerasError(
        .unsupported, config.layer, "\(config.className) needs a known number of channels, it is given \(type(value))",
        hint: "save the model with the number of channels in its input shape")
    }
    return channels
  }

  /// A variable of this shape as a constant; unknown dimensions take the file's.
  func weight(_ variable: String, _ shape: [Int?]) throws(KerasError) -> Value {
    try builder.weight(entry, variable, shape)
  }

  /// Adds an operator; `part` names those that are not the layer's last.
  func add(_ op: any Op, _ inputs: [Value], part: String? = nil) throws(KerasError) -> Value {
    do { return try builder.graph.add(op, inputs, name: part.map { name + "/" + $0 } ?? name) } catch {
      throw KerasError(.malformed, config.layer, "\(config.className): \(error.what)")
    }
  }

  func constant(_ shape: Shape, _ values: [Float], part: String) -> Value {
    builder.graph.constant(Tensor(shape, values), name: name + "/" + part)
  }

  /// The layer's activation, split into what the operator itself applies and a softmax that must follow it.
  func activation() throws(KerasError) -> (fused: Activation, softmax: Int?) {
    switch try config.activation(kerasVersion: builder.kerasVersion) {
    case .elementwise(let function): (function, nil)
    case .softmax(let axis): (.linear, axis)
    }
  }

  /// Adds the softmax that follows an operator, if there is one.
  func finish(_ value: Value, _ softmax: Int?) throws(KerasError) -> Value {
    guard let softmax else { return value }
    return try add(Softmax(axis: softmax), [value], part: "softmax")
  }

  /// A product of sizes from a file.
  func product(_ factors: Int...) throws(KerasError) -> Int {
    var result = 1
    for factor in factors {
      let (next, overflow) = result.multipliedReportingOverflow(by: factor)
      guard !overflow, next <= Limits.dimension else {
        throw KerasError(.malformed, config.layer, "\(config.className): \(factors) channels are too many")
      }
      result = next
    }
    return result
  }
}
