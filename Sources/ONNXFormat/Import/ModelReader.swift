import Diagnostics
import CONNX
import ModelFiles
import Tensors

extension ModelMessage {
  /// Reads a model from memory.
  ///
  /// Errors: what is no such message, larger than what is accepted, or has parts that are refused.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(ImportError) {
    guard bytes.count <= Limits.messageBytes else {
      throw ImportError(.limit, file, "is \(bytes.count) bytes long, at most \(Limits.messageBytes) are accepted")
    }
    var empty = Onnx__ModelProto()
    onnx__model_proto__init(&empty)
    try WireScan.check(bytes, as: empty.base.descriptor, site: file)
    guard let base = bytes.bindMemory(to: UInt8.self).baseAddress,
      let message = onnx__model_proto__unpack(nil, bytes.count, base)
    else { throw ImportError(.malformed, file, "is not an ONNX model") }
    defer { onnx__model_proto__free_unpacked(message, nil) }
    let model = message.pointee
    guard let graph = model.graph?.pointee else { throw ImportError(.unsupported, file, "holds no graph") }
    // `training_info`, `sparse_initializer`.
    guard !model.base.unknownFields.contains(20) else {
      throw ImportError(.unsupported, file, "is a model to be trained", remedy: .advice("export it for inference"))
    }
    guard !graph.base.unknownFields.contains(15) else {
      throw ImportError(
        .unsupported, file, "has sparse initializers", remedy: .advice("save the weights as dense tensors"))
    }
    irVersion = Int(model.ir_version)
    producer = [text(model.producer_name), text(model.producer_version)].filter { !$0.isEmpty }.joined(separator: " ")
    opsets = operatorSets(list(model.opset_import, model.n_opset_import))
    metadata = list(model.metadata_props, model.n_metadata_props).map { (text($0.key), text($0.value)) }
    self.graph = try GraphMessage(graph)
    functions = []
    for function in list(model.functions, model.n_functions) { functions.append(try FunctionMessage(function)) }
  }
}

extension TensorMessage {
  /// Reads a file that holds one tensor.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws(ImportError) {
    guard bytes.count <= Limits.messageBytes else {
      throw ImportError(.limit, file, "is \(bytes.count) bytes long, at most \(Limits.messageBytes) are accepted")
    }
    var empty = Onnx__TensorProto()
    onnx__tensor_proto__init(&empty)
    try WireScan.check(bytes, as: empty.base.descriptor, site: file)
    guard let base = bytes.bindMemory(to: UInt8.self).baseAddress,
      let message = onnx__tensor_proto__unpack(nil, bytes.count, base)
    else { throw ImportError(.malformed, file, "is not an ONNX tensor") }
    defer { onnx__tensor_proto__free_unpacked(message, nil) }
    try self.init(message.pointee, site: file)
  }
}

extension GraphMessage {
  init(_ message: Onnx__GraphProto) throws(ImportError) {
    name = text(message.name)
    nodes = try decoded(list(message.node, message.n_node))
    initializers = []
    for tensor in list(message.initializer, message.n_initializer) {
      initializers.append(try TensorMessage(tensor, site: "initializer \(text(tensor.name))"))
    }
    inputs = list(message.input, message.n_input).map { ValueMessage($0) }
    outputs = list(message.output, message.n_output).map { ValueMessage($0) }
  }
}

extension FunctionMessage {
  init(_ message: Onnx__FunctionProto) throws(ImportError) {
    (name, domain, overload) = (text(message.name), domainName(message.domain), text(message.overload))
    inputs = texts(message.input, message.n_input)
    outputs = texts(message.output, message.n_output)
    attributes = texts(message.attribute, message.n_attribute)
    defaults = try attributeValues(list(message.attribute_proto, message.n_attribute_proto), "function \(name)")
    nodes = try decoded(list(message.node, message.n_node))
    opsets = operatorSets(list(message.opset_import, message.n_opset_import))
  }
}

private func decoded(_ messages: [Onnx__NodeProto]) throws(ImportError) -> [NodeMessage] {
  var result: [NodeMessage] = []
  for (place, message) in messages.enumerated() {
    let outputs = texts(message.output, message.n_output)
    let type = text(message.op_type)
    let name = [text(message.name), outputs.first ?? ""].first { !$0.isEmpty } ?? "node \(place)"
    guard !type.isEmpty else { throw ImportError(.malformed, name, "the node does not name its operator") }
    result.append(
      NodeMessage(
        name: name, type: type, domain: domainName(message.domain), overload: text(message.overload),
        inputs: texts(message.input, message.n_input), outputs: outputs,
        attributes: try attributeValues(list(message.attribute, message.n_attribute), name)))
  }
  return result
}

private func attributeValues(
  _ messages: [Onnx__AttributeProto], _ site: String
) throws(ImportError) -> [String: AttributeMessage] {
  var result: [String: AttributeMessage] = [:]
  for message in messages {
    let name = text(message.name)
    guard result.updateValue(try AttributeMessage(message, "\(site): \(name)"), forKey: name) == nil else {
      throw ImportError(.malformed, site, "has the attribute \(printable(name)) twice")
    }
  }
  return result
}

extension AttributeMessage {
  /// Errors: a value of another type than the message says.
  init(_ message: Onnx__AttributeProto, _ site: String) throws(ImportError) {
    if message.ref_attr_name != nil, !text(message.ref_attr_name).isEmpty {
      self = .reference(text(message.ref_attr_name))
      return
    }
    // The numbers of `AttributeProto.AttributeType`.
    var given: [Int32] = []
    if message.has_f != 0 { given.append(1) }
    if message.has_i != 0 { given.append(2) }
    if message.has_s != 0 { given.append(3) }
    if message.t != nil { given.append(4) }
    if message.n_floats > 0 { given.append(6) }
    if message.n_ints > 0 { given.append(7) }
    if message.n_strings > 0 { given.append(8) }
    let type = message.has_type != 0 && message.type != 0 ? message.type : given.first ?? 0
    guard given.allSatisfy({ $0 == type }) else {
      throw ImportError(.malformed, site, "the attribute has a value of another type than it says")
    }
    switch type {
    case 1: self = .float(message.f)
    case 2: self = .int(message.i)
    case 3: self = .string(text(message.s))
    case 4:
      guard let tensor = message.t?.pointee else { throw ImportError(.malformed, site, "the attribute has no value") }
      self = .tensor(try TensorMessage(tensor, site: site))
    case 6: self = .floats(Array(UnsafeBufferPointer(start: message.floats, count: message.n_floats)))
    case 7: self = .ints(Array(UnsafeBufferPointer(start: message.ints, count: message.n_ints)))
    case 8: self = .strings((0..<message.n_strings).map { text(message.strings[$0]) })
    case 5, 10: self = .other("a graph")
    case 9: self = .other("a list of tensors")
    case 11, 12: self = .other("a sparse tensor")
    case 13, 14: self = .other("a type")
    case 0:
      let unknown = message.base.unknownFields
      self = .other(unknown.contains(6) || unknown.contains(11) ? "a graph" : "nothing")
    default: throw ImportError(.malformed, site, "the attribute is of type \(type), which does not exist")
    }
  }
}

extension ValueMessage {
  init(_ message: Onnx__ValueInfoProto) {
    name = text(message.name)
    guard let tensor = message.type?.pointee.tensor_type?.pointee else { return }
    let dims = tensor.shape.map { shape in
      list(shape.pointee.dim, shape.pointee.n_dim).map { dim -> Int? in
        dim.has_dim_value != 0 && dim.dim_value > 0 ? Int(clamping: dim.dim_value) : nil
      }
    }
    type = ElementTypeAndShape(code: tensor.elem_type, dims: dims)
  }
}

private func operatorSets(_ messages: [Onnx__OperatorSetIdProto]) -> [OperatorSet] {
  messages.map { OperatorSet(domain: domainName($0.domain), version: Int(clamping: $0.version)) }
}

extension ProtobufCMessage {
  /// The numbers of fields that the schema leaves out.
  fileprivate var unknownFields: [UInt32] { (0..<Int(n_unknown_fields)).map { unknown_fields[$0].tag } }
}

/// The messages of a repeated field.
private func list<T>(_ pointers: UnsafeMutablePointer<UnsafeMutablePointer<T>?>?, _ count: Int) -> [T] {
  guard let pointers else { return [] }
  return (0..<count).compactMap { pointers[$0]?.pointee }
}

private func texts(_ pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int) -> [String] {
  guard let pointers else { return [] }
  return (0..<count).map { text(pointers[$0]) }
}

private func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

private func text(_ bytes: ProtobufCBinaryData) -> String {
  String(decoding: UnsafeRawBufferPointer(start: bytes.data, count: bytes.len), as: UTF8.self)
}

/// The domain of ONNX itself has two names.
private func domainName(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
  let name = text(pointer)
  return name == "ai.onnx" ? "" : name
}
