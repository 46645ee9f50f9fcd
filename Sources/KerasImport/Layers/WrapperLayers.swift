import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

/// Layers around one other layer, whose configuration they hold.
let wrapperRules: [LayerRule] = [
  LayerRule(
    names: ["TimeDistributed"], note: "one of these layers for every element of a sequence",
    variables: { (config) throws(ImportError) in try innerVariables(config) }, dependsOnTraining: true,
    build: timeDistributed),
  LayerRule(
    names: ["SpectralNormalization"], note: "the layer with the weights as they are",
    variables: { (config) throws(ImportError) in
      // The vector by which training finds the norm; the wrapper's first variable is the layer's kernel once more.
      try innerVariables(config) + [.init(name: "vector_u", isTrainable: false, path: "vars/1")]
    }, dependsOnTraining: true
  ) { (site) throws(ImportError) in
    let (rule, inner) = try innerLayer(site.config)
    return try rule.build(site.wrapping(inner))
  },
]

/// The layer that a wrapper holds.
private func innerLayer(_ config: LayerConfig) throws(ImportError) -> (rule: LayerRule, config: LayerConfig) {
  guard let object = config.value(["layer"]), let className = object["class_name"]?.string,
    let values = object["config"]?.object
  else { throw config.error("layer", "a layer") }
  let inner = LayerConfig(
    layer: config.layer + "/" + (values["name"]?.string ?? "layer"), className: className, values: values)
  let entry = LayerEntry(
    id: 0, config: inner, name: "", sharedObject: nil, calls: [], nested: nil,
    module: object["module"]?.string ?? "", registeredName: object["registered_name"]?.string ?? "")
  guard let rule = LayerTable.rule(for: entry) else {
    throw config.unsupported("around a layer of class \(printable(className))")
  }
  return (rule, inner)
}

/// The variables of the layer inside, under its name.
private func innerVariables(_ config: LayerConfig) throws(ImportError) -> [LayerRule.Variable] {
  let (rule, inner) = try innerLayer(config)
  return try rule.variables(inner).enumerated().map { place, variable in
    var variable = variable
    variable.path = "layer/" + (variable.path ?? "vars/\(place)")
    return variable
  }
}

extension LayerSite {
  /// The call of the layer inside: its configuration, the wrapper's weights and inputs.
  fileprivate func wrapping(_ inner: LayerConfig, _ inputs: [Value]? = nil, name: String? = nil) -> LayerSite {
    LayerSite(
      config: inner, name: name ?? self.name, entry: entry, arguments: inputs.map { CallArguments($0) } ?? arguments,
      builder: builder)
  }
}

/// The elements of the sequence are a batch to the layer inside.
@Sendable private func timeDistributed(_ site: LayerSite) throws(ImportError) -> Value {
  let x = try site.input()
  let (rule, inner) = try innerLayer(site.config)
  let dims = site.type(x).dims
  guard dims.count >= 3, dims[0] == 1 else {
    throw site.config.unsupported("is given \(site.type(x)), which is not a batch of one sequence")
  }
  func reshaped(_ value: Value, _ dims: [Int?], part: String?) throws(ImportError) -> Value {
    guard dims.count(where: { $0 == nil }) <= 1 else {
      throw site.config.unsupported("several sizes of \(site.type(value)) are not known")
    }
    return try site.add(Reshape(dims: dims.map { $0 ?? -1 }), [value], part: part)
  }
  let elements = try reshaped(x, Array(dims.dropFirst()), part: "elements")
  let results = try rule.build(site.wrapping(inner, [elements], name: site.name + "/layer"))
  return try reshaped(results, [1, dims[1]] + site.type(results).dims.dropFirst(), part: nil)
}
