import Diagnostics
import Graphs
import ModelFiles
import Ops
import Tensors

/// The graph under construction: values by their names in the file.
final class ONNXBuilder {
  var graph = Graph()
  private(set) var operators: [String: String] = [:]
  private(set) var layers: [ModelLayer] = []
  private(set) var notes: [String] = []
  private let external: ExternalData?
  private var values: [String: Value] = [:]
  /// The element types of the file's own tensors and inputs, which may be narrower than what carries them.
  private(set) var elements: [Value: ElementType] = [:]
  /// Tensors of the file that are not yet part of the graph.
  private var initializers: [String: TensorMessage] = [:]
  /// Constants in another order of axes, by name and order.
  private var converted: [String: Value] = [:]
  private var names: Set<String> = []
  /// The layer that makes each value of the graph's nodes.
  private var makers: [Value: Int] = [:]
  private var weights: [ModelLayer.Variable] = []

  init(external: ExternalData?) { self.external = external }

  /// Adds a note, once.
  func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }

  func takeInitializers(_ tensors: [TensorMessage]) throws(ImportError) {
    for tensor in tensors {
      guard !tensor.name.isEmpty else { throw ImportError(.malformed, "initializer", "has no name") }
      guard initializers.updateValue(tensor, forKey: tensor.name) == nil else {
        throw ImportError(.malformed, tensor.name, "the initializer is there twice")
      }
    }
  }

  /// Adds an input of the graph, unless an initializer or `given` is its value.
  func addInput(_ input: ValueMessage, given: Tensor?) throws(ImportError) {
    if initializers[input.name] != nil { return }
    if let given {
      values[input.name] = graph.constant(given, name: unique(input.name))
      return
    }
    guard let type = input.type else {
      throw ImportError(.unsupported, input.name, "the input is no tensor")
    }
    guard let element = ElementType(rawValue: type.code) else {
      throw ImportError(.malformed, input.name, "the input is of element type \(type.code), which does not exist")
    }
    guard let carrier = element.carrier else {
      throw ImportError(.unsupported, input.name, "inputs of \(element) are not supported")
    }
    guard let dims = type.dims else {
      throw ImportError(
        .unsupported, input.name, "the model does not say how many dimensions its input has",
        remedy: .advice("export it with shapes"))
    }
    guard dims.count <= Limits.rank, dims.allSatisfy({ $0 ?? 1 <= Limits.dimension }) else {
      throw ImportError(.malformed, input.name, "the input has \(dims.count) dimensions, or one that is too large")
    }
    if element.isHalf { noteHalves(element) }
    guard values[input.name] == nil, names.insert(input.name).inserted else {
      throw ImportError(.malformed, input.name, "the input is there twice")
    }
    let value = graph.input(input.name, TensorType(carrier, dims))
    (values[input.name], elements[value]) = (value, element)
  }

  func noteHalves(_ element: ElementType) {
    note("the file is of \(element); all is computed in float32, and given in it")
  }

  func addOutput(_ name: String) throws(ImportError) {
    guard let value = try value(name, site: name) else {
      throw ImportError(.malformed, name, "nothing makes this output of the graph")
    }
    graph.output(value, name: name)
  }

  /// The value of a name; nil for a name that nothing makes.
  func value(_ name: String, site: String) throws(ImportError) -> Value? {
    if let value = values[name] { return value }
    guard let message = initializers[name] else { return nil }
    let value = graph.constant(try tensor(message, site: "initializer \(name)"), name: unique(name))
    values[name] = value
    initializers[name] = nil
    weights.append(
      ModelLayer.Variable(
        name: name, dataset: name, shape: message.dims, type: "\(message.element)", count: message.dims.reduce(1, *),
        byteCount: message.element.byteCount(of: message.dims.reduce(1, *)), isTrainable: true))
    elements[value] = message.element
    return value
  }

  /// The elements of a tensor of the file.
  func tensor(_ message: TensorMessage, site: String) throws(ImportError) -> Tensor {
    if message.element.isHalf { noteHalves(message.element) }
    switch message.values {
    case .inline(let tensor): return tensor
    case .external(let entries):
      guard let external else { throw ImportError(.unsupported, site, "its data lie in another file") }
      return try external.tensor(entries, Shape(message.dims), message.element, site: site)
    case .refused:
      let kind: ImportError.Kind = message.element == .string ? .malformed : .unsupported
      throw ImportError(kind, site, "is a tensor of \(message.element)")
    }
  }

  /// A name for a node of the graph that no other has.
  func unique(_ name: String) -> String {
    var candidate = name, count = 1
    while !names.insert(candidate).inserted {
      count += 1
      candidate = "\(name)#\(count)"
    }
    return candidate
  }

  /// A constant in another order of axes and shape, once for all that ask for it; nil for a value that is no constant.
  func converted(
    _ value: Value, _ layout: String, _ change: (Tensor) -> Tensor
  ) -> Value? {
    guard let tensor = graph.constant(value) else { return nil }
    let name = graph.nodes[value.node].name
    let key = "\(value.node) \(layout)"
    if let known = converted[key] { return known }
    let result = graph.constant(change(tensor), name: unique(name + "/" + layout))
    converted[key] = result
    return result
  }

  /// Adds the operators of one node of the file.
  func build(_ node: FlatGraph.FlatNode) throws(ImportError) {
    guard let rule = OperatorTable.rule(for: node) else {
      throw ImportError(.unsupported, node.name, "the operator \(printable(node.title)) is not supported")
    }
    weights = []
    var inputs: [Value?] = []
    for name in node.inputs {
      guard !name.isEmpty else {
        inputs.append(nil)
        continue
      }
      guard let value = try value(name, site: node.name) else {
        throw ImportError(.malformed, node.name, "reads \(printable(name)), which nothing makes")
      }
      inputs.append(value)
    }
    let first = graph.nodes.count
    let site = NodeSite(node: node, name: unique(node.name), inputs: inputs, builder: self)
    try site.refuseUnknownAttributes()
    let results = try rule.build(site)
    try site.refuseUnreadAttributes()
    let used = node.outputs.lastIndex { !$0.isEmpty } ?? 0
    guard used < results.count else {
      throw ImportError(.unsupported, node.name, "\(node.title) with output \(used + 1) is not supported")
    }
    for index in first..<graph.nodes.count where !(graph.nodes[index].op is Constant) {
      operators[graph.nodes[index].name] = node.title
    }
    for (name, value) in zip(node.outputs, results) where !name.isEmpty { values[name] = value }
    let sources = inputs.compactMap { $0.flatMap { makers[$0] } }
    let call = ModelLayer.Call(
      name: node.name, inputs: inputs.compactMap { $0 }, results: results, nodes: first..<graph.nodes.count)
    layers.append(
      ModelLayer(
        path: node.name, name: node.name, className: node.title,
        sources: [Set(sources).sorted().map { layers[$0].name }],
        variables: weights, calls: [call]))
    for value in results where makers[value] == nil { makers[value] = layers.count - 1 }
  }
}

extension FlatGraph.FlatNode {
  /// The operator as a user would call it.
  var title: String { domain.isEmpty ? type : "\(domain).\(type)" }
}
