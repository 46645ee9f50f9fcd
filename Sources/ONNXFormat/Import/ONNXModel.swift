import Diagnostics
package import Graphs
package import ModelFiles
package import Tensors

/// A model read from an ONNX file.
package struct ONNXModel: Sendable {
  /// Inputs and outputs as the file declares them, operators on images in NHWC between transpositions; weights are
  /// constants that are named as in the file. Unknown sizes are unknown.
  package let graph: Graph
  package let description: ModelDescription
}

/// Reads an ONNX model. Of other files only those are opened, in the directory of the model, that hold its tensors.
///
/// Errors: a file that cannot be read, is no such model, or asks for what is not supported; of unsupported operators all are
/// named at once.
///
/// `values` are those of inputs that are known beforehand, by name; they are no inputs of the graph then. `places` are the names, in the
/// same directory, of files that the model knows under others. Nodes that no wanted output needs are neither imported nor held
/// against the model.
package func importONNX(
  path: String, values: [String: Tensor] = [:], places: [String: String] = [:], outputs: WantedOutputs = .all
) throws(ImportError) -> ONNXModel {
  guard case .file(let file) = try ModelFile(path: path, limit: Limits.messageBytes) else {
    throw ImportError(.unsupported, path, "is a directory", remedy: .advice("name the .onnx file in it"))
  }
  let message = try ModelMessage(file, path)
  let isExternal = message.hasExternalData
  let external = isExternal ? try ExternalData(besideModel: path, places: places) : nil
  let model = try ONNXModel(message, external, values, outputs, file: path)
  try external?.finish()
  try file.checkUnchanged()
  return model
}

/// Whether a file consists of fields of a message, one of which may be the graph of an ONNX model; only their keys are read.
package func hasONNXGraph(path: String) -> Bool {
  guard case .file(let file)? = try? ModelFile(path: path) else { return false }
  var (place, hasGraph, fields) = (0, false, 0)
  func varint() -> UInt64? {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      var byte: UInt8 = 0
      guard withUnsafeMutableBytes(of: &byte, { file.read(at: place, into: $0) }) else { return nil }
      place += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    return nil
  }
  while place < file.count {
    fields += 1
    guard fields <= 1 << 16, let key = varint(), key >> 3 > 0 else { return false }
    switch key & 7 {
    case 0: if varint() == nil { return false }
    case 2:
      guard let length = varint(), length <= UInt64(file.count - place) else { return false }
      place += Int(length)
      hasGraph = hasGraph || key >> 3 == 7
    default: return false
    }
  }
  return hasGraph
}

/// The names of the inputs of an ONNX model, in its order.
///
/// Errors: a file that cannot be read, or is no such model.
package func inputNames(ofONNX path: String) throws(ImportError) -> [String] {
  guard case .file(let file) = try ModelFile(path: path, limit: Limits.messageBytes) else { return [] }
  return try ModelMessage(file, path).openInputs
}

/// Reads an ONNX model that is already in memory; `name` stands for its path in errors.
///
/// Errors: as for a file, and a model whose tensors lie in other files.
package func importONNX(
  bytes: UnsafeRawBufferPointer, name: String, outputs: WantedOutputs = .all
) throws(ImportError) -> ONNXModel {
  let message = try ModelMessage(bytes, file: name)
  guard !message.hasExternalData else {
    throw ImportError(.unsupported, name, "has weights in other files", remedy: .advice("save the model in one file"))
  }
  return try ONNXModel(message, nil, [:], outputs, file: name)
}

/// Reads a `TensorProto` file, as in the data sets of ONNX's tests; halves become float32.
///
/// Errors: a file that is no such tensor, or is of a type that is not carried.
package func readONNXTensor(bytes: [UInt8], name: String) throws(ImportError) -> Tensor {
  let result = bytes.withUnsafeBytes { buffer in
    Result { () throws(ImportError) in try TensorMessage(buffer, file: name) }
  }
  let message = try result.get()
  guard case .inline(let tensor) = message.values else {
    throw ImportError(.unsupported, name, "is of element type \(message.element), or its data lie in another file")
  }
  return tensor
}

extension ModelMessage {
  /// Reads a file; its bytes are let go before this returns.
  init(_ file: FileBytes, _ path: String) throws(ImportError) {
    guard let bytes = MemoryBytes(count: file.count, fill: { file.read(at: 0, into: $0) }) else {
      throw ImportError(.unreadable, path, "ended early or could not be read")
    }
    try self.init(bytes.bytes, file: path)
  }

  /// Integers that are carried in a wider type are read by operators whose results fit in their own, until they are cast to another.
  func refuseWideInputs(_ nodes: [FlatGraph.FlatNode]) throws(ImportError) {
    let keeping: Set = [
      "Identity", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Concat", "Slice", "Split", "Gather",
      "GatherND", "Expand", "Tile", "Pad", "Max", "Min", "Mod", "Where", "CastLike",
    ]
    let ending: Set = [
      "Cast", "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "DequantizeLinear", "QuantizeLinear", "Pow",
      "Shape", "Size",
    ]
    var wide: [String: ElementType] = [:]
    for input in graph.inputs {
      guard let element = input.type.flatMap({ ElementType(rawValue: $0.code) }), !element.isExact,
        element.carrier != nil
      else { continue }
      wide[input.name] = element
    }
    for node in nodes {
      if node.type == "Cast", let element = node.castElement, !element.isExact {
        for output in node.outputs { wide[output] = element }
        continue
      }
      guard let name = node.inputs.first(where: { wide[$0] != nil }), let element = wide[name] else { continue }
      if keeping.contains(node.type) {
        for output in node.outputs { wide[output] = element }
      } else if !ending.contains(node.type) {
        throw ImportError(
          .unsupported, node.name, "\(printable(node.title)) of \(element) is not supported",
          remedy: .advice("cast it to float first"))
      }
    }
  }

  /// The names of the inputs that no initializer gives.
  var openInputs: [String] {
    let given = Set(graph.initializers.map(\.name))
    return graph.inputs.map(\.name).filter { !given.contains($0) }
  }

  /// Whether an initializer or the value of an attribute lies in another file.
  var hasExternalData: Bool {
    func isExternal(_ tensor: TensorMessage) -> Bool { if case .external = tensor.values { true } else { false } }
    let nodes = [graph.nodes] + functions.map(\.nodes)
    return graph.initializers.contains(where: isExternal)
      || nodes.joined().contains { node in
        node.attributes.values.contains { if case .tensor(let tensor) = $0 { isExternal(tensor) } else { false } }
      }
  }

  static let opsetsRead = 6...30
  static let opsetAdvice = "6 to 23 are supported; convert it with onnx.version_converter"

  /// The version of ONNX's operators, and what to note about it.
  func checkedVersions(_ file: String) throws(ImportError) -> (opset: Int, notes: [String]) {
    var notes: [String] = []
    guard (3...20).contains(irVersion) else {
      throw ImportError(
        .unsupported, file, "is of ONNX IR version \(irVersion)", remedy: .advice("versions 3 to 13 are supported"))
    }
    if irVersion > 13 {
      notes.append("the file is of ONNX IR version \(irVersion), which is newer than what is known here")
    }
    guard let opset = opsets.first(where: { $0.domain.isEmpty })?.version else {
      throw ImportError(
        .unsupported, file, "does not say which version of ONNX's operators it uses",
        remedy: .advice("convert it with onnx.version_converter"))
    }
    guard Self.opsetsRead.contains(opset) else {
      throw ImportError(.unsupported, file, "is of ONNX opset \(opset)", remedy: .advice(Self.opsetAdvice))
    }
    if opset > 23 { notes.append("the file is of ONNX opset \(opset), which is newer than what is known here") }
    return (opset, notes)
  }
}

extension ONNXModel {
  init(
    _ message: ModelMessage, _ external: ExternalData?, _ values: [String: Tensor], _ outputs: WantedOutputs,
    file: String
  ) throws(ImportError) {
    let (opset, notes) = try message.checkedVersions(file)
    let flat = try FlatGraph(message, opset: opset)
    let names = message.graph.outputs.map(\.name)
    let (builder, left) = try outputs.imported(names) { (places) throws(ImportError) in
      let builder = ONNXBuilder(external: external)
      for note in notes { builder.note(note) }
      try builder.build(message, flat, places.sorted().map { names[$0] }, values, file: file)
      return builder
    }
    let built = builder.graph
    graph = built
    let inputs = built.inputs.map { built.nodes[$0].types[0] }
    let name = message.graph.name
    var facts = ModelDescription(
      kind: .onnx, name: name.isEmpty ? nil : name, notes: builder.notes + left, origins: builder.operators,
      layers: builder.layers, outputNames: names, weightsFile: file, batch: inputs.first?.dims.first ?? nil,
      isChannelsFirst: inputs.contains(where: \.hasFewChannelsFirst))
    (facts.producer, facts.opset, facts.irVersion) = (message.producer, opset, message.irVersion)
    facts.properties = Dictionary(message.metadata.map { ($0.key, $0.value) }) { first, _ in first }
    description = facts
  }
}

extension ONNXBuilder {
  /// Adds what these outputs of a model need, and all its inputs but those that cannot be imported and are not needed.
  fileprivate func build(
    _ message: ModelMessage, _ flat: FlatGraph, _ outputs: [String], _ values: [String: Tensor], file: String
  ) throws(ImportError) {
    let nodes = flat.needed(by: outputs)
    try OperatorTable.refuseUnsupported(nodes, file)
    let read = Set(nodes.flatMap(\.inputs) + outputs)
    try message.refuseWideInputs(nodes)
    try takeInitializers(message.graph.initializers)
    for input in message.graph.inputs {
      do throws(ImportError) { try addInput(input, given: values[input.name]) } catch {
        if error.kind != .unsupported || read.contains(input.name) { throw error }
      }
    }
    for node in nodes { try build(node) }
    for output in outputs { try addOutput(output) }
    do { try graph.verify() } catch { throw ImportError(.malformed, error.site, error.what) }
  }
}

extension TensorType {
  /// True for an image whose second axis is known and smaller than its last, or whose last is open.
  fileprivate var hasFewChannelsFirst: Bool {
    rank == 4 && dims[1].map { channels in dims[3].map { channels < $0 } ?? true } ?? false
  }
}
