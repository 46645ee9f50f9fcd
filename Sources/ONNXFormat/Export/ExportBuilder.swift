import Diagnostics
import Graphs
import ModelFiles
import Tensors

/// Writes the nodes of a graph one after another, and knows in which layouts each value exists.
final class ExportBuilder {
  let graph: Graph
  private(set) var draft = DraftModel()
  private var names: [Value: [ExportLayout: String]] = [:]
  /// Results of the draft that values of the graph are known by, and so are not renamed.
  private var known: Set<String> = []
  private var taken: Set<String> = []
  private var initializers: [String: PermutedTensor] = [:]
  /// The node that is being written.
  private var current = 0

  init(_ graph: Graph) { self.graph = graph }

  /// Writes everything. Errors: all operators that ONNX cannot say, at once.
  func build(isChannelsFirst: Bool) throws(ImportError) {
    // Names that users see come before those of what lies between.
    taken.formUnion(graph.outputs.map(\.name))
    for index in graph.inputs { addInput(index, isChannelsFirst: isChannelsFirst) }
    try refuseUnknown()
    for (index, node) in graph.nodes.enumerated() where !(node.op is Input) && !(node.op is Constant) {
      guard let op = node.op as? any ExportedOp else { continue }
      current = index
      var site = ExportSite(node, node.inputs.map { graph[$0] }, self)
      try op.export(&site)
    }
    for output in graph.outputs { addOutput(output, isChannelsFirst: isChannelsFirst) }
  }

  private func refuseUnknown() throws(ImportError) {
    let unknown = graph.nodes.filter { !($0.op is Input) && !($0.op is Constant) && !($0.op is any ExportedOp) }
    guard let first = unknown.first else { return }
    let list = unknown.prefix(10).map { "\(printable($0.name)) (\(type(of: $0.op).name))" }.joined(separator: ", ")
    throw ImportError(.unsupported, first.name, "ONNX has no form for \(unknown.count) operators: \(list)")
  }

  // MARK: Values

  func has(_ value: Value, _ layout: ExportLayout) -> Bool { names[value]?[layout] != nil }

  /// The name of a value in a layout; it is transposed when it exists in the other one only.
  func name(of value: Value, _ layout: ExportLayout) -> String {
    if let name = names[value]?[layout] { return name }
    let node = graph.nodes[value.node]
    let name: String
    if let tensor = graph.constant(value) {
      name = initializer(
        layout == .plain ? PermutedTensor(tensor) : tensor.permuted(layout.permutation), name: node.name)
    } else {
      let source = names[value]?[layout.other] ?? node.name
      name = unique(node.name + (layout == .plain ? "/nhwc" : "/nchw"))
      let perm = DraftAttribute.ints(layout.permutation)
      emit(DraftNode(op: "Transpose", inputs: [source], outputs: [name], attributes: [("perm", perm)]))
    }
    names[value, default: [:]][layout] = name
    known.insert(name)
    return name
  }

  /// Names a result of the node that is being written, and gives the value the node's name where it is new.
  func finish(_ name: String, _ layout: ExportLayout, result: Int) {
    let node = graph.nodes[current]
    let wanted = sanitised(result == 0 ? node.name : "\(node.name):\(result)")
    var name = name
    if let last = draft.nodes.indices.last, !known.contains(name), name.hasPrefix("\(sanitised(node.name))/"),
      let place = draft.nodes[last].outputs.firstIndex(of: name), taken.insert(wanted).inserted
    {
      draft.nodes[last].outputs[place] = wanted
      name = wanted
    }
    names[Value(current, result), default: [:]][layout] = name
    known.insert(name)
  }

  func emit(_ node: DraftNode) { draft.nodes.append(node) }

  /// A weight; the same tensor under the same name is held once.
  func initializer(_ tensor: PermutedTensor, name: String) -> String {
    let base = sanitised(name)
    if let known = initializers[base], known == tensor { return base }
    let name = unique(name)
    initializers[name] = tensor
    draft.initializers.append(DraftInitializer(name: name, tensor: tensor))
    return name
  }

  /// A name that nothing has yet.
  func unique(_ name: String) -> String {
    let base = sanitised(name)
    if taken.insert(base).inserted { return base }
    var count = 1
    while !taken.insert("\(base)_\(count)").inserted { count += 1 }
    return "\(base)_\(count)"
  }

  // MARK: Ends

  private func addInput(_ index: Int, isChannelsFirst: Bool) {
    let (node, type) = (graph.nodes[index], graph.nodes[index].types[0])
    let layout: ExportLayout = isChannelsFirst && type.rank == 4 ? .channelsFirst : .plain
    let name = unique(node.name)
    names[Value(index)] = [layout: name]
    draft.inputs.append(DraftValue(name, type, layout))
  }

  private func addOutput(_ output: Graph.Output, isChannelsFirst: Bool) {
    let type = graph[output.value]
    let layout: ExportLayout = isChannelsFirst && type.rank == 4 ? .channelsFirst : .plain
    let source = name(of: output.value, layout), wanted = sanitised(output.name)
    let isFree = !draft.inputs.contains { $0.name == source } && !draft.outputs.contains { $0.name == source }
    if source != wanted {
      if isFree, !draft.initializers.contains(where: { $0.name == source }) {
        rename(source, wanted)
      } else {
        emit(DraftNode(op: "Identity", inputs: [source], outputs: [wanted]))
      }
    }
    draft.outputs.append(DraftValue(wanted, type, layout))
  }

  private func rename(_ old: String, _ new: String) {
    for index in draft.nodes.indices {
      draft.nodes[index].inputs = draft.nodes[index].inputs.map { $0 == old ? new : $0 }
      draft.nodes[index].outputs = draft.nodes[index].outputs.map { $0 == old ? new : $0 }
    }
    for (value, byLayout) in names { names[value] = byLayout.mapValues { $0 == old ? new : $0 } }
  }
}

extension DraftValue {
  /// Sizes that are unknown are called after what they are: `N`, `H`, `W` of images.
  init(_ name: String, _ type: TensorType, _ layout: ExportLayout) {
    let letters = type.rank == 4 ? ["N", "H", "W", "C"] : type.dims.indices.map { $0 == 0 ? "N" : "\(name)_\($0)" }
    let symbols = zip(type.dims, letters).map { $0 == nil ? $1 : nil }
    self.init(
      name: name, type: TensorType(type.dataType, layout.arranged(type.dims)), symbols: layout.arranged(symbols))
  }
}

/// A name with letters, digits and `_./:-` only, never empty.
func sanitised(_ name: String) -> String {
  let result = String(
    name.unicodeScalars.map { scalar in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "_./:-".unicodeScalars.contains(scalar)
        ? Character(scalar) : "_"
    })
  return result.isEmpty ? "_" : result
}
